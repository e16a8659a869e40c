"""HTTP streams that can begin their answer before the upstream does.

mitmproxy answers a held request only after its hook has returned. Here an event injected into the connection
sends the head of a 200, and fillers behind it, while the hook still waits; what comes later (the upstream's
answer, a refusal, a failure) goes into the stream that has begun.

An answer that breaks off in the middle is told why, between two records, and is then cut all the same: an error
record can be overlooked, a missing end cannot.

Internals of the pinned mitmproxy 12.2.3 that this relies on: `HttpStream` and its state methods.
tests/proxy/test_patient_stream.py watches them.
"""

from dataclasses import dataclass

from mitmproxy import flow as mitm_flow
from mitmproxy import http
from mitmproxy.proxy import events, layer
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.http import DropStream, HttpStream, SendHttp
from mitmproxy.proxy.layers.http._events import (
    ErrorCode,
    RequestData,
    RequestProtocolError,
    ResponseData,
    ResponseEndOfMessage,
    ResponseHeaders,
    ResponseProtocolError,
)
from mitmproxy.proxy.layers.http._hooks import HttpErrorHook, HttpResponseHook

from addon.core.dialect import refusal_body
from addon.core.patience import AnswerForm, in_band, is_error_body
from addon.proxy.layers import Excuse, explain
from addon.proxy.refusing import refuse
from addon.proxy.visits import path_of, visit_of

_TAIL_BYTES = 4


@dataclass
class Injected(events.MessageInjected[bytes]):
    """Filler bytes for the client of a held or silent flow; the first bring the answer's head along.

    `was_sent` tells the sender afterwards whether there was a place to put them: they go nowhere but between two
    records of the form that the flow's Visit names.
    """

    head: http.Response | None = None
    was_sent: bool = False


class PatientStream(HttpStream):
    """A stream whose answer may have begun early."""

    def __init__(self, context: Context, stream_id: int, excuse: Excuse) -> None:
        super().__init__(context, stream_id)
        self._excuse = excuse
        self._early_head: http.Response | None = None
        self._early_form: AnswerForm | None = None
        self._tail = b""
        """The last bytes that were not ours: where the answer stands."""

    def handle_event(self, event: events.Event) -> layer.CommandGenerator[None]:
        """Serve injected events at once, even while a hook of this flow is awaited."""
        return self._inject(event) if isinstance(event, Injected) else super().handle_event(event)

    def _inject(self, event: Injected) -> layer.CommandGenerator[None]:
        if event.head is not None:
            if self.flow.response is not None or self._early_head is not None or not self.flow.live:
                return  # the upstream, or a refusal, was faster
            self._early_head, self._early_form = event.head, self._form
            yield SendHttp(ResponseHeaders(self.stream_id, event.head, end_stream=False), self.context.client)
        elif not self._has_room:
            return
        event.was_sent = True
        yield SendHttp(ResponseData(self.stream_id, event.message), self.context.client)

    def state_consume_request_body(self, event: events.Event) -> layer.CommandGenerator[None]:
        """Keep a body as long as there is room for it; of one whose request is refused, keep nothing."""
        if isinstance(event, RequestData) and not self._has_room_for(event.data):
            self.request_body_buf.clear()
            yield from self.check_killed(True)
            return
        yield from super().state_consume_request_body(event)

    def _has_room_for(self, more: bytes) -> bool:
        if self.flow.response is not None:
            return False  # it is refused already
        visit = visit_of(self.flow)
        body = None if visit is None else visit.body
        if body is None or body.resize(body.size + len(more)):
            return True
        refuse(self.flow, body.refusal())
        return False

    def start_response_stream(self) -> layer.CommandGenerator[None]:
        """Pass the upstream's answer on; its head is dropped when ours is out already."""
        if self._early_head is not None:
            self.server_state = self.state_stream_response_body
        else:
            yield from super().start_response_stream()

    def state_stream_response_body(self, event: events.Event) -> layer.CommandGenerator[None]:
        """Note what the upstream has said last."""
        if isinstance(event, ResponseData):
            self._tail = (self._tail + event.data)[-_TAIL_BYTES:]
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
        """Tell a client whose answer has begun what went wrong; one that got nothing yet is not cut besides."""
        if not self.flow.live:
            return  # it has ended; what its hook took time for may have closed the other side meanwhile
        if isinstance(event, ResponseProtocolError) and self.flow.client_conn.connected:
            # Found before the hooks of the end, so that the records have it.
            explain(self._excuse, self.context.client, event.code)
        if not (self._is_ours_to_say and isinstance(event, ResponseProtocolError)):
            if self._has_room and isinstance(event, ResponseProtocolError):
                yield from self._say_last(self._why(event.code))
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
    def _form(self) -> AnswerForm | None:
        visit = visit_of(self.flow)
        return visit.form if visit is not None else None

    @property
    def _is_ours_to_say(self) -> bool:
        return self._early_head is not None and not self._tail

    @property
    def _has_room(self) -> bool:
        is_over = self.server_state in (self.state_done, self.state_errored)
        is_open = self._early_head is not None or self.server_state == self.state_stream_response_body
        form = self._form
        return is_open and not is_over and form is not None and form.is_between_records(self._tail)

    def _why(self, code: ErrorCode) -> bytes:
        return refusal_body(*explain(self._excuse, self.context.client, code))

    def _say_last(self, body: bytes) -> layer.CommandGenerator[None]:
        form = self._early_form or self._form or AnswerForm.JSON
        said = in_band(body, form, path_of(self.flow))
        self._tail = said[-_TAIL_BYTES:]
        yield SendHttp(ResponseData(self.stream_id, said), self.context.client)
