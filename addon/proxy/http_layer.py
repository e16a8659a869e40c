"""The HTTP layer of one client connection: patient streams, and no failure that leaves anything hanging.

mitmproxy answers an exception in its own layers (trailers raise one) with a log line: the connection stays open,
no hook is called any more, and whatever the request held is lost. Here the side that failed is closed, and
everybody else is told as if it had broken off.

Internals of the pinned mitmproxy 12.2.3 that this relies on: `HttpLayer`'s streams, connections and event routing,
`ConnectionHandler.server_event`. tests/proxy/test_http_layer.py watches them.
"""

import logging
from collections.abc import Callable

from mitmproxy.connection import Connection, ConnectionState
from mitmproxy.proxy import commands, events, layer
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.http import GetHttpConnection, HttpLayer, HTTPMode, HttpStream
from mitmproxy.proxy.layers.http._events import ErrorCode, RequestProtocolError, ResponseProtocolError

from addon.core.dialect import Dialect
from addon.core.refusal import Reason, Refusal
from addon.proxy.layers import Excuse, JsonHttp1Server
from addon.proxy.patient_stream import Injected, PatientStream

_log = logging.getLogger(__name__)
_UNREADABLE = Refusal(Reason.MALFORMED, "it cannot be read to its end (trailers are not understood)")

type Broken = Callable[[int, str, ErrorCode], RequestProtocolError | ResponseProtocolError]


class PatientHttpLayer(HttpLayer):
    """An HTTP layer made of patient streams."""

    def __init__(self, context: Context, excuse: Excuse) -> None:
        super().__init__(context, HTTPMode.transparent)
        self._excuse = excuse
        self._lost: set[Connection] = set()

    def handle_event(self, event: events.Event) -> layer.CommandGenerator[None]:
        """Serve one event; whatever fails on the way ends one side and tells the other."""
        if isinstance(event, events.ConnectionEvent) and event.connection in self._lost:
            return
        try:
            # An injected event goes to its flow's own stream: a late one must not end up in the next answer.
            commands_of = self._deliver(event) if isinstance(event, Injected) else super().handle_event(event)
            yield from filter(_is_needed, commands_of)
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing may hang
            _tell_log(error)
            failed = event.connection if isinstance(event, events.ConnectionEvent) else self.context.client
            is_unreadable = isinstance(event, events.DataReceived)
            refusal = _UNREADABLE if is_unreadable else Refusal(Reason.INTERNAL)
            yield from filter(_is_needed, self._lose(failed, refusal))

    def _deliver(self, event: Injected) -> layer.CommandGenerator[None]:
        for stream in list(self.streams.values()):
            if stream.flow is event.flow:
                yield from self.event_to_child(stream, event)

    def _lose(self, connection: Connection, refusal: Refusal) -> layer.CommandGenerator[None]:
        self._lost.add(connection)
        is_client = connection == self.context.client
        server = self.connections.get(self.context.client)
        if is_client and isinstance(server, JsonHttp1Server) and server.is_unanswered:
            yield from server.say(refusal, Dialect.OLLAMA)
        broken: Broken = RequestProtocolError if is_client else ResponseProtocolError
        code = ErrorCode.CLIENT_DISCONNECTED if is_client else ErrorCode.GENERIC_SERVER_ERROR
        for stream in list(self.streams.values()):
            yield from self._tell(stream, broken(stream.stream_id, "it could not be read any further", code))
        yield commands.CloseConnection(connection)

    def _tell(
        self, stream: HttpStream, event: RequestProtocolError | ResponseProtocolError
    ) -> layer.CommandGenerator[None]:
        try:
            yield from self.event_to_child(stream, event)
        except Exception:  # noqa: BLE001 - as above
            # It is the stream itself that fails. Closing the client's connection calls the hook that cleans up.
            _log.exception("a stream could not even be ended and is dropped with its connection")
            self.streams.pop(stream.stream_id, None)
            yield commands.CloseConnection(self.context.client)

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


def _tell_log(error: Exception) -> None:
    # What anybody can cause at will must not fill the log: mitmproxy raises this one for trailers.
    if isinstance(error, NotImplementedError):
        _log.debug("a connection is closed: %s", error)
    else:
        _log.error("a connection could not be served any further and is closed", exc_info=error)


def _is_needed(command: commands.Command) -> bool:
    # Closed twice, a connection's handler is cancelled in the middle of closing its socket, which then stays open.
    if not isinstance(command, commands.CloseConnection):
        return True
    return command.connection.state is not ConnectionState.CLOSED
