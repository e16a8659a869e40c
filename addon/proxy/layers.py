"""The protocol layers under the hooks: plain HTTP/1 only, and errors as JSON.

These classes touch internals of the pinned mitmproxy 12.2.3 (`Http1Server.send`, `_http1.make_error_response`,
`ResponseProtocolError`); the contract tests in tests/proxy/test_layers.py fail when they change.
"""

import logging
from collections.abc import Callable

from mitmproxy.connection import Client, ConnectionState
from mitmproxy.proxy import commands, events, layer
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.http import _http1 as http1  # pyright: ignore[reportPrivateUsage] - see above
from mitmproxy.proxy.layers.http._events import ErrorCode, HttpEvent, ResponseProtocolError

from addon.core.dialect import Dialect
from addon.core.key_path import redacted
from addon.core.refusal import Reason, Refusal
from addon.proxy.cors import answer_headers
from addon.proxy.replies import raw_refusal

_log = logging.getLogger(__name__)

type Excuse = Callable[[Client, ErrorCode], tuple[Refusal, Dialect]]
"""Says why a request of this client connection gets no answer from its upstream."""


def explain(excuse: Excuse, client: Client, code: ErrorCode) -> tuple[Refusal, Dialect]:
    """Ask for the excuse; when that fails there is one for it."""
    try:
        return excuse(client, code)
    except Exception:  # noqa: BLE001 - raised in a layer it would leave the client hanging
        _log.exception("no excuse could be found")
        return Refusal(Reason.INTERNAL), Dialect.OLLAMA


class JsonHttp1Server(http1.Http1Server):
    """mitmproxy's HTTP/1 server, whose own error pages are refusals in the caller's dialect."""

    def __init__(self, context: Context, excuse: Excuse) -> None:
        super().__init__(context)
        self._excuse = excuse

    def read_headers(self, event: events.ConnectionEvent) -> layer.CommandGenerator[None]:
        """Read a head as mitmproxy does, but for its log: it would write down credentials that it cannot parse."""
        for command in super().read_headers(event):
            if not isinstance(command, commands.Log):
                yield command

    def send(self, event: HttpEvent) -> layer.CommandGenerator[None]:
        """Send an event to the client; a failure before any answer becomes JSON instead of HTML."""
        if isinstance(event, ResponseProtocolError) and self._may_still_answer(event):
            yield from self.turn_away(*explain(self._excuse, self.context.client, event.code))
        else:
            yield from super().send(event)

    def turn_away(self, refusal: Refusal, dialect: Dialect) -> layer.CommandGenerator[None]:
        """Answer with a refusal and end the connection."""
        yield from self.say(refusal, dialect)
        yield commands.CloseConnection(self.conn)

    def say(self, refusal: Refusal, dialect: Dialect) -> layer.CommandGenerator[None]:
        """Write a refusal behind which the connection has to end."""
        has_body = self.request is None or self.request.method != "HEAD"
        user_agent = "" if self.request is None else self.request.headers.get("user-agent", "")
        raw = raw_refusal(refusal, dialect, user_agent, has_body=has_body, more=answer_headers(self.request))
        yield commands.SendData(self.conn, raw)

    @property
    def is_unanswered(self) -> bool:
        """Whether nothing at all has been answered to the present request, and something still can be."""
        return bool(self.conn.state & ConnectionState.CAN_WRITE) and self.response is None

    def _may_still_answer(self, event: ResponseProtocolError) -> bool:
        can_write = bool(self.conn.state & ConnectionState.CAN_WRITE)
        # The 100 that mitmproxy sends to `Expect: 100-continue` is no answer yet.
        has_begun = self.response is not None and self.response.status_code >= 200
        is_ours_to_say = event.code is ErrorCode.KILL or event.code.http_status_code() is not None
        return can_write and not has_begun and is_ours_to_say


def speak_json() -> None:
    """Make mitmproxy's answers to requests it cannot parse, before any hook, JSON as well."""
    http1.make_error_response = _json_error


def _json_error(status_code: int, message: str = "") -> bytes:
    del status_code  # the reason carries its own
    # It quotes what it could not parse, and that may be a credential.
    detail = redacted(message.rstrip(".").encode(errors="replace")).decode() or "it is not HTTP/1.1"
    return raw_refusal(Refusal(Reason.MALFORMED, detail), Dialect.OLLAMA)
