"""HTTP streams that can begin their answer before the upstream does.

mitmproxy answers a held request only after its hook has returned. Here an event injected into the connection
sends the head of a 200, and fillers behind it, while the hook still waits; what comes later (the upstream's
answer, a refusal, a failure) goes into the stream that has begun.

Internals of the pinned mitmproxy 12.2.3 that this relies on: `HttpStream` and its state methods, `HttpLayer`'s
streams and connections, `ConnectionHandler.server_event`. tests/proxy/test_patient_layers.py watches them.
"""

from dataclasses import dataclass

from mitmproxy import flow as mitm_flow
from mitmproxy import http
from mitmproxy.proxy import events, layer
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.http import DropStream, GetHttpConnection, HttpLayer, HTTPMode, HttpStream, SendHttp
from mitmproxy.proxy.layers.http._events import (
    ErrorCode,
    RequestProtocolError,
    ResponseData,
    ResponseEndOfMessage,
    ResponseHeaders,
    ResponseProtocolError,
)
from mitmproxy.proxy.layers.http._hooks import HttpErrorHook, HttpResponseHook

from addon.core.dialect import refusal_body
from addon.core.patience import in_band, is_error_body
from addon.proxy.layers import Excuse, explain


@dataclass
class Injected(events.MessageInjected[bytes]):
    """Filler bytes for the client of a held or silent flow; the first bring the answer's head along.

    `path` goes with the head: the route's path, by which a later failure finds its form. `was_sent` tells the
    sender afterwards whether there was still a stream to put them into.
    """

    head: http.Response | None = None
    path: str = ""
    was_sent: bool = False


class PatientStream(HttpStream):
    """A stream whose answer may have begun early."""

    def __init__(self, context: Context, stream_id: int, excuse: Excuse) -> None:
        super().__init__(context, stream_id)
        self._excuse = excuse
        self._early_head: http.Response | None = None
        self._has_spoken = False
        self._path = ""

    def handle_event(self, event: events.Event) -> layer.CommandGenerator[None]:
        """Serve injected events at once, even while a hook of this flow is awaited."""
        return self._inject(event) if isinstance(event, Injected) else super().handle_event(event)

    def _inject(self, event: Injected) -> layer.CommandGenerator[None]:
        if event.head is not None:
            if self.flow.response is not None or self._early_head is not None or not self.flow.live:
                return  # the upstream, or a refusal, was faster
            self._early_head, self._path = event.head, event.path
            yield SendHttp(ResponseHeaders(self.stream_id, event.head, end_stream=False), self.context.client)
        elif not self._can_be_filled:
            return
        event.was_sent = True
        yield SendHttp(ResponseData(self.stream_id, event.message), self.context.client)

    def start_response_stream(self) -> layer.CommandGenerator[None]:
        """Pass the upstream's answer on; its head is dropped when ours is out already."""
        if self._early_head is not None:
            self.server_state = self.state_stream_response_body
        else:
            yield from super().start_response_stream()

    def state_stream_response_body(self, event: events.Event) -> layer.CommandGenerator[None]:
        """Note that the upstream has said something."""
        self._has_spoken |= isinstance(event, ResponseData)
        yield from super().state_stream_response_body(event)

    def send_response(self, already_streamed: bool = False) -> layer.CommandGenerator[None]:
        """Send a whole answer; behind an early head it is the stream's last record."""
        if not self._is_ours_to_say or self.flow.response is None:
            yield from super().send_response(already_streamed)
            return
        body = self.flow.response.raw_content or b""
        if not is_error_body(body):
            odd = f"status {self.flow.response.status_code} behind an early head, and no error text"
            yield from self.handle_protocol_error(
                ResponseProtocolError(self.stream_id, odd, ErrorCode.GENERIC_SERVER_ERROR)
            )
            return
        yield HttpResponseHook(self.flow)
        self.server_state = self.state_done
        if (yield from self.check_killed(False)):
            return
        yield from self._say_last(body)
        yield from self.flow_done()

    def handle_protocol_error(
        self, event: RequestProtocolError | ResponseProtocolError
    ) -> layer.CommandGenerator[None]:
        """Tell a client whose answer has begun early, and got nothing yet, what went wrong."""
        if not (self._is_ours_to_say and isinstance(event, ResponseProtocolError)):
            yield from super().handle_protocol_error(event)
            return
        self.flow.error = mitm_flow.Error(event.message)
        yield HttpErrorHook(self.flow)
        yield from self._say_last(self._why(event.code))
        self.server_state = self.state_errored
        self.flow.live = False
        yield DropStream(self.stream_id)
        yield SendHttp(ResponseEndOfMessage(self.stream_id), self.context.client)

    def check_killed(self, emit_error_hook: bool) -> layer.CommandGenerator[bool]:
        """End a flow that a hook has killed; an answer that has begun early says so before it is closed."""
        is_killed = self.flow.error is not None and self.flow.error.msg == mitm_flow.Error.KILLED_MESSAGE
        if not (is_killed and self._is_ours_to_say and self._early_head is not None):
            return (yield from super().check_killed(emit_error_hook))
        last = self._why(ErrorCode.KILL)
        if emit_error_hook:
            yield HttpErrorHook(self.flow)
        yield from self._say_last(last)
        self.flow.live = False
        self.client_state = self.server_state = self.state_errored
        # mitmproxy looks here when it decides whether to close the connection, and with it the upstream's.
        self._early_head.headers["Connection"] = "close"
        yield SendHttp(ResponseEndOfMessage(self.stream_id), self.context.client)
        return True

    @property
    def _is_ours_to_say(self) -> bool:
        return self._early_head is not None and not self._has_spoken

    @property
    def _can_be_filled(self) -> bool:
        is_over = self.server_state in (self.state_done, self.state_errored)
        is_open = self._early_head is not None or self.server_state == self.state_stream_response_body
        return is_open and not is_over

    def _why(self, code: ErrorCode) -> bytes:
        return refusal_body(*explain(self._excuse, self.context.client, code))

    def _say_last(self, body: bytes) -> layer.CommandGenerator[None]:
        self._has_spoken = True
        yield SendHttp(ResponseData(self.stream_id, in_band(body, self._path)), self.context.client)


class PatientHttpLayer(HttpLayer):
    """An HTTP layer made of patient streams."""

    def __init__(self, context: Context, excuse: Excuse) -> None:
        super().__init__(context, HTTPMode.transparent)
        self._excuse = excuse

    def handle_event(self, event: events.Event) -> layer.CommandGenerator[None]:
        """Bring injected events to their flow's own stream: a late one must not end up in the next answer."""
        return self._deliver(event) if isinstance(event, Injected) else super().handle_event(event)

    def _deliver(self, event: Injected) -> layer.CommandGenerator[None]:
        for stream in list(self.streams.values()):
            if stream.flow is event.flow:
                yield from self.event_to_child(stream, event)

    def make_stream(self, stream_id: int) -> layer.CommandGenerator[None]:
        """As mitmproxy does, with our stream class."""
        self.streams[stream_id] = PatientStream(self.context.fork(), stream_id, self._excuse)
        yield from self.event_to_child(self.streams[stream_id], events.Start())

    def get_connection(self, event: GetHttpConnection, *, reuse: bool = True) -> layer.CommandGenerator[None]:
        """As mitmproxy does, without reusing an attempt that failed.

        It remembers the failure for ever, because it closes the client's connection behind it. An answer that
        has begun early is ended instead, and the next request on the connection deserves a fresh attempt.
        """
        failed = [known for known in self.connections if known.error and known is not self.context.client]
        for connection in failed:
            del self.connections[connection]
        yield from super().get_connection(event, reuse=reuse)
