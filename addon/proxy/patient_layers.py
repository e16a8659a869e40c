"""HTTP streams that can begin their answer before the upstream does.

mitmproxy answers a held request only after its hook has returned. Here an event injected into the connection
sends the head of a 200, and fillers behind it, while the hook still waits; what comes later (the upstream's
answer, a refusal, a failure) goes into the stream that has begun.

Internals of the pinned mitmproxy 12.2.3 that this relies on: `HttpStream` and its state methods, `HttpLayer`'s
routing of `MessageInjected`, `ConnectionHandler.server_event`. tests/proxy/test_patient_layers.py watches them.
"""

from dataclasses import dataclass

from mitmproxy import flow as mitm_flow
from mitmproxy import http
from mitmproxy.proxy import events, layer
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.http import DropStream, HttpLayer, HTTPMode, HttpStream, SendHttp
from mitmproxy.proxy.layers.http._events import (
    RequestProtocolError,
    ResponseData,
    ResponseEndOfMessage,
    ResponseHeaders,
    ResponseProtocolError,
)
from mitmproxy.proxy.layers.http._hooks import HttpErrorHook, HttpResponseHook

from addon.core.dialect import refusal_body
from addon.core.patience import in_band
from addon.proxy.layers import Excuse


@dataclass
class Injected(events.MessageInjected[bytes]):
    """Filler bytes for the client of a held or silent flow; the first bring the answer's head along.

    `path` goes with the head: the route's path, by which a later failure finds its form.
    """

    head: http.Response | None = None
    path: str = ""


class PatientStream(HttpStream):
    """A stream whose answer may have begun early."""

    def __init__(self, context: Context, stream_id: int, excuse: Excuse) -> None:
        super().__init__(context, stream_id)
        self._excuse = excuse
        self._has_begun_early = False
        self._has_relayed = False
        self._path = ""

    def handle_event(self, event: events.Event) -> layer.CommandGenerator[None]:
        """Serve injected events at once, even while a hook of this flow is awaited."""
        if isinstance(event, Injected):
            yield from self._inject(event)
        else:
            yield from super().handle_event(event)

    def _inject(self, event: Injected) -> layer.CommandGenerator[None]:
        if event.head is not None:
            if self.flow.response is not None or self._has_begun_early:
                return  # the upstream, or a refusal, was faster
            self._has_begun_early = True
            self._path = event.path
            yield SendHttp(ResponseHeaders(self.stream_id, event.head, end_stream=False), self.context.client)
        yield SendHttp(ResponseData(self.stream_id, event.message), self.context.client)

    def start_response_stream(self) -> layer.CommandGenerator[None]:
        """Pass the upstream's answer on; its head is dropped when ours is out already."""
        if self._has_begun_early:
            self.server_state = self.state_stream_response_body
        else:
            yield from super().start_response_stream()

    def state_stream_response_body(self, event: events.Event) -> layer.CommandGenerator[None]:
        """Note that the upstream has said something."""
        self._has_relayed = self._has_relayed or isinstance(event, ResponseData)
        yield from super().state_stream_response_body(event)

    def send_response(self, already_streamed: bool = False) -> layer.CommandGenerator[None]:
        """Send a whole answer; behind an early head it is the stream's last record."""
        if not self._has_begun_early or already_streamed or self.flow.response is None:
            yield from super().send_response(already_streamed)
            return
        yield HttpResponseHook(self.flow)
        self.server_state = self.state_done
        if (yield from self.check_killed(False)):
            return
        yield from self._say_last(self.flow.response.raw_content or b"")
        if self.client_state == self.state_done:
            yield from self.flow_done()

    def handle_protocol_error(
        self, event: RequestProtocolError | ResponseProtocolError
    ) -> layer.CommandGenerator[None]:
        """Tell a client whose answer has begun early, and got nothing yet, what went wrong."""
        is_ours_to_say = self._has_begun_early and not self._has_relayed
        if not (is_ours_to_say and isinstance(event, ResponseProtocolError)):
            yield from super().handle_protocol_error(event)
            return
        self.flow.error = mitm_flow.Error(event.message)
        yield HttpErrorHook(self.flow)
        refusal, dialect = self._excuse(self.context.client, event.code)
        yield from self._say_last(refusal_body(refusal, dialect))
        self.server_state = self.state_errored
        self.flow.live = False
        yield DropStream(self.stream_id)
        yield SendHttp(ResponseEndOfMessage(self.stream_id), self.context.client)

    def _say_last(self, body: bytes) -> layer.CommandGenerator[None]:
        yield SendHttp(ResponseData(self.stream_id, in_band(body, self._path)), self.context.client)


class PatientHttpLayer(HttpLayer):
    """An HTTP layer made of patient streams."""

    def __init__(self, context: Context, excuse: Excuse) -> None:
        super().__init__(context, HTTPMode.transparent)
        self._excuse = excuse

    def make_stream(self, stream_id: int) -> layer.CommandGenerator[None]:
        """As mitmproxy does, with our stream class."""
        self.streams[stream_id] = PatientStream(self.context.fork(), stream_id, self._excuse)
        yield from self.event_to_child(self.streams[stream_id], events.Start())
