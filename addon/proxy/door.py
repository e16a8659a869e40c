"""The door under the hooks: what mitmproxy's HTTP/1 server reads without end or doubt is refused here.

Promise: before anybody is known, a connection costs no more than one head of the allowed size, and no longer than
its deadline. A request that is refused is answered at once, whatever of it is still to come; behind the answer the
rest is read and thrown away for a moment, because closing on unread bytes would reset the connection and take the
answer with it.

Internals of the pinned mitmproxy 12.2.3 that this relies on: `Http1Server`'s states (`read_headers`, `read_body`,
`wait`, `done`), its `buf`, and `mark_done`. tests/proxy/test_door.py watches them.
"""

from mitmproxy.connection import Connection, ConnectionState
from mitmproxy.proxy import commands, events, layer
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.http._base import ReceiveHttp
from mitmproxy.proxy.layers.http._events import (
    ErrorCode,
    HttpEvent,
    RequestData,
    RequestProtocolError,
)

from addon.core.dialect import Dialect
from addon.core.head import refuse_head
from addon.core.refusal import Reason, Refusal
from addon.proxy.connections import Connections
from addon.proxy.layers import Excuse, JsonHttp1Server, explain

_BODY_SILENCE_S = 30.0
_UPLOAD_SILENCE_S = 600.0  # a file waits for the disk at its other end, and we with it
_IDLE_S = 300.0
_FAREWELL_S = 2.0
_MOST_PIPELINED_BYTES = 256 * 2**10
_MOST_LEADING_LINES = 4
_MOST_FRAMING_BYTES = 16 * 2**10


class Door(JsonHttp1Server):
    """mitmproxy's HTTP/1 server with limits."""

    def __init__(self, context: Context, excuse: Excuse, connections: Connections) -> None:
        super().__init__(context, excuse)
        self._connections = connections
        self._limits = connections.limits
        self._has_begun = False
        self._leading_lines = 0
        self._body_bytes = 0

    def read_headers(self, event: events.ConnectionEvent) -> layer.CommandGenerator[None]:
        """Read a head once it is known to be a good one."""
        if isinstance(event, events.ConnectionClosed):
            yield from super().read_headers(event)
            return
        self._skip_leading_lines()
        if not self._has_begun and len(self.buf):
            # The first bytes of this head: from now on its time runs, however slowly the rest may come.
            self._has_begun = True
            self._connections.expect(self.context.client, self._limits.head_s)
        refusal = refuse_head(bytes(self.buf), self._limits.head)
        if refusal is not None:
            self._connections.on_refused(self.context.client, refusal)
            yield from self.turn_away(refusal, Dialect.OLLAMA)
            return
        yield from map(self._kindly, super().read_headers(event))
        if self.state == self.done and self.conn.state & ConnectionState.CAN_READ:
            self._begin_farewell()

    def read_body(self, event: events.Event) -> layer.CommandGenerator[None]:
        """Read a body up to its limit, and no longer than it keeps coming."""
        client, connections = self.context.client, self._connections
        connections.expect(client, _UPLOAD_SILENCE_S if connections.is_upload(client) else _BODY_SILENCE_S)
        most = connections.body_limit(client)
        for command in super().read_body(event):
            if isinstance(command, ReceiveHttp) and isinstance(command.event, RequestData):
                self._body_bytes += len(command.event.data)
                if most is not None and self._body_bytes > most:
                    yield from self._refuse_body(Refusal(Reason.BODY_TOO_LARGE, str(most)))
                    return
            elif _closes(command, self.conn) and isinstance(event, events.DataReceived):
                yield from self._refuse_body(Refusal(Reason.MALFORMED, "its body is not framed soundly"))
                return
            yield command
            if self.state == self.say_farewell:
                return  # refused for what has just been read
        if self.state == self.read_body and len(self.buf) > _MOST_FRAMING_BYTES:
            # What is left is the beginning of a chunk, and no beginning is that long.
            yield from self._refuse_body(Refusal(Reason.MALFORMED, "its body is not framed soundly"))

    def wait(self, event: events.Event) -> layer.CommandGenerator[None]:
        """Keep what is pipelined behind a request that is being served, up to a limit."""
        if isinstance(event, events.DataReceived) and len(self.buf) > _MOST_PIPELINED_BYTES:
            self.state = self.done
            yield commands.CloseConnection(self.conn)
            yield ReceiveHttp(self._client_is_gone("too much is pipelined behind a request"))
        else:
            yield from super().wait(event)

    def mark_done(self, *, request: bool = False, response: bool = False) -> layer.CommandGenerator[None]:
        """Note what the client owes us next: nothing while it is served, then its next head."""
        if request:
            self._connections.expect_nothing(self.context.client)
        if response and self.request_done:
            self._has_begun, self._leading_lines, self._body_bytes = False, 0, 0
            self._connections.expect(self.context.client, _IDLE_S)
        yield from super().mark_done(request=request, response=response)

    def send(self, event: HttpEvent) -> layer.CommandGenerator[None]:
        """Send an event to the client, unless it has been turned away."""
        if self.state != self.say_farewell:
            yield from super().send(event)

    def turn_away(self, refusal: Refusal, dialect: Dialect) -> layer.CommandGenerator[None]:
        """Answer at once, and let the client read the answer before the connection closes."""
        yield from self.say(refusal, dialect)
        yield commands.CloseTcpConnection(self.conn, half_close=True)
        self._begin_farewell()

    def _begin_farewell(self) -> None:
        self.state = self.say_farewell
        self._throw_away()
        self._connections.expect(self.context.client, _FAREWELL_S)

    def _kindly(self, command: commands.Command) -> commands.Command:
        # Closing on bytes that nobody has read would take the answer with it.
        return commands.CloseTcpConnection(self.conn, half_close=True) if _closes(command, self.conn) else command

    def say_farewell(self, event: events.Event) -> layer.CommandGenerator[None]:
        """Read on without keeping anything, until the client closes or its time is up."""
        self._throw_away()
        if isinstance(event, events.ConnectionClosed):
            yield commands.CloseConnection(self.conn)

    def _refuse_body(self, refusal: Refusal) -> layer.CommandGenerator[None]:
        gone = self._client_is_gone(refusal.message)
        self._connections.on_refused(self.context.client, refusal)
        _, dialect = explain(self._excuse, self.context.client, ErrorCode.KILL)
        yield from self.turn_away(refusal, dialect)
        yield ReceiveHttp(gone)

    def _client_is_gone(self, why: str) -> RequestProtocolError:
        return RequestProtocolError(self.stream_id, why, ErrorCode.CLIENT_DISCONNECTED)

    def _skip_leading_lines(self) -> None:
        while bytes(self.buf).startswith(b"\r\n") and self._leading_lines < _MOST_LEADING_LINES:
            self.buf.maybe_extract_at_most(2)
            self._leading_lines += 1

    def _throw_away(self) -> None:
        if len(self.buf):
            self.buf.maybe_extract_at_most(len(self.buf))


def _closes(command: commands.Command, connection: Connection) -> bool:
    return type(command) is commands.CloseConnection and command.connection is connection
