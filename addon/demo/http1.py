"""A small HTTP/1.1 server on h11: one handler per request, cancelled the moment its client leaves.

Promises: keep-alive, `Content-Length` and chunked request bodies, chunked or (for HTTP/1.0) close-delimited
answers, `100 Continue`. While a handler runs the socket is watched; an end of file or a reset cancels the handler,
which is how Ollama frees a slot (its Go server cancels the request's context for the same two reasons).
"""

import asyncio
import http.client
import logging
import socket
import struct
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, cast

import h11

Headers = Sequence[tuple[bytes, bytes]]

TEXT: Final = "text/plain; charset=utf-8"
READ_BYTES: Final = 65536
MAX_HEAD_BYTES: Final = 65536
_LINGER_NOT: Final = struct.pack("ii", 1, 0)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Request:
    """A whole request, as it came over the wire; header names are lower case."""

    method: str
    target: str
    headers: Headers
    body: bytes
    http_version: str

    def header(self, name: str) -> str | None:
        """The first header of that name, or None."""
        wanted = name.lower().encode()
        return next((value.decode("latin-1") for key, value in self.headers if key == wanted), None)


class Exchange:
    """One request and the answer to it.

    A handler either calls `respond` once, or `start`, `write` (as often as it likes) and `finish`. Handlers that
    need to misbehave have `transport` and `reset`.
    """

    def __init__(self, request: Request, connection: h11.Connection, writer: asyncio.StreamWriter) -> None:
        self.request = request
        self._connection = connection
        self._writer = writer

    @property
    def transport(self) -> asyncio.WriteTransport:
        """The raw connection, to write whatever HTTP forbids."""
        return self._writer.transport

    @property
    def is_started(self) -> bool:
        """Whether the status line has been sent."""
        return self._connection.our_state is not h11.SEND_RESPONSE

    async def respond(self, status: int, content_type: str, body: bytes, headers: Headers = ()) -> None:
        """Send a complete answer with a `Content-Length`."""
        length = (b"Content-Length", str(len(body)).encode())
        await self.start(status, [(b"Content-Type", content_type.encode()), length, *headers])
        await self.write(body)
        await self.finish()

    async def start(self, status: int, headers: Headers) -> None:
        """Send the status line and headers; without a length the body is chunked (HTTP/1.0: until close)."""
        reason = http.client.responses.get(status, "").encode()
        await self._send(h11.Response(status_code=status, headers=list(headers), reason=reason))

    async def write(self, data: bytes) -> None:
        """Send a part of the body, and wait while the client's buffers are full."""
        if data and self.request.method != "HEAD":
            await self._send(h11.Data(data=data))

    async def finish(self) -> None:
        """End the body; the connection may then carry the next request."""
        await self._send(h11.EndOfMessage())

    def reset(self) -> None:
        """Drop the connection with a TCP reset, which no client can mistake for the end of an answer."""
        raw: socket.socket = self._writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
        self.transport.abort()

    async def _send(self, event: h11.Event) -> None:
        self._writer.write(self._connection.send(event) or b"")
        await self._writer.drain()


Handler = Callable[[Exchange], Awaitable[None]]


class Channel:
    """One connection from a client: requests in, exchanges out, one after the other."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._connection = h11.Connection(h11.SERVER, max_incomplete_event_size=MAX_HEAD_BYTES)

    async def next_exchange(self) -> Exchange | None:
        """Read one whole request; None when the client has closed or the connection cannot be reused.

        Raises `h11.RemoteProtocolError` when what came is not HTTP.
        """
        if self._connection.our_state is h11.DONE and self._connection.their_state is h11.DONE:
            self._connection.start_next_cycle()
        if self._connection.our_state is not h11.IDLE:
            return None
        head = await self._next_event()
        if not isinstance(head, h11.Request):
            return None
        request = Request(
            method=head.method.decode(),
            target=head.target.decode("latin-1"),
            headers=list(head.headers),
            body=await self._body(),
            http_version=head.http_version.decode(),
        )
        return Exchange(request, self._connection, self._writer)

    async def client_left(self) -> None:
        """Return when the client closes or resets; early bytes of a next request are kept for later."""
        with suppress(OSError):
            while data := await self._reader.read(READ_BYTES):
                self._connection.receive_data(data)

    async def refuse(self) -> None:
        """Answer what is not HTTP in the words of Go's server, as long as no answer has begun."""
        if self._connection.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            exchange = Exchange(Request("", "", (), b"", "1.1"), self._connection, self._writer)
            closing = [(b"Connection", b"close")]
            await exchange.respond(400, TEXT, b"400 Bad Request", closing)

    async def close(self) -> None:
        """Send what is buffered and close; a client that is already gone is no error."""
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()

    async def _body(self) -> bytes:
        parts: list[bytes] = []
        while isinstance(event := await self._next_event(), h11.Data):
            parts.append(bytes(event.data))
        return b"".join(parts)

    async def _next_event(self) -> object:
        while (event := self._connection.next_event()) is h11.NEED_DATA:
            if self._connection.they_are_waiting_for_100_continue:
                going_on = h11.InformationalResponse(status_code=100, headers=[])
                self._writer.write(self._connection.send(going_on) or b"")
            self._connection.receive_data(await self._reader.read(READ_BYTES))
        return event


class Server:
    """Listens on one address and runs `handler` for every request."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._listener: asyncio.Server | None = None
        self._is_closed = False
        self._serving: dict[asyncio.Task[None], asyncio.WriteTransport] = {}
        self.port = 0

    async def start(self, host: str, port: int) -> None:
        """Accept connections from now on; port 0 picks a free one. Raises `OSError` when that fails."""
        self._is_closed = False
        self._listener = await asyncio.start_server(self._serve, host, port)
        self.port = int(self._listener.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Stop listening and drop every connection, which cancels its handler."""
        if self._listener is None:
            return
        self._is_closed = True
        self._listener.close()
        for transport in self._serving.values():
            transport.abort()
        await asyncio.gather(*self._serving)
        await self._listener.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_closed:
            # Accepted in the turn in which the server was closed.
            writer.transport.abort()
            return
        task = cast("asyncio.Task[None]", asyncio.current_task())
        self._serving[task] = writer.transport
        channel = Channel(reader, writer)
        try:
            await self._serve_all(channel)
        except OSError as error:
            log.debug("A client's connection broke: %s", error)
        finally:
            await channel.close()
            del self._serving[task]

    async def _serve_all(self, channel: Channel) -> None:
        try:
            while (exchange := await channel.next_exchange()) is not None:
                await self._answer(channel, exchange)
        except h11.RemoteProtocolError:
            await channel.refuse()

    async def _answer(self, channel: Channel, exchange: Exchange) -> None:
        """Run the handler and watch the socket beside it; whichever ends first ends the other."""
        async with asyncio.TaskGroup() as group:
            handler = group.create_task(self._handle(exchange))
            watcher = group.create_task(channel.client_left())
            watcher.add_done_callback(lambda _: handler.cancel())
            handler.add_done_callback(lambda _: watcher.cancel())

    async def _handle(self, exchange: Exchange) -> None:
        try:
            await self._handler(exchange)
        except ConnectionError as error:
            log.debug("A client left while its answer was being written: %s", error)
        except Exception:
            log.exception("A handler failed; its connection is reset.")
            exchange.reset()
