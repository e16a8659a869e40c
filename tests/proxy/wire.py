"""A client made of bytes: it sends what no library would send, and sees exactly what comes back."""

import asyncio
import json
import socket
import struct
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import h11

_LINGER_NOT = struct.pack("ii", 1, 0)


@dataclass(frozen=True)
class Answer:
    """One answer as it came; `is_whole` is false when the connection broke before its end."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    is_whole: bool
    chunks: list[bytes] = field(default_factory=list[bytes])

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name.lower()), None)

    @property
    def reason(self) -> str | None:
        return self.header("x-sluice-reason")

    @property
    def text(self) -> str:
        """The sentence of a refusal, whichever dialect it speaks."""
        error = json.loads(self.body)["error"]
        return str(error if isinstance(error, str) else error["message"])


class Wire:
    """One TCP connection to the gate."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self._rest = b""

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self, method: str = "GET") -> Answer | None:
        """The next answer, read to its end; None when the connection is closed without one."""
        parser = h11.Connection(h11.CLIENT)
        parser.send(h11.Request(method=method, target="/", headers=[("Host", "x")]))
        parser.send(h11.EndOfMessage())
        if self._rest:  # h11 takes nothing for the end of file
            parser.receive_data(self._rest)
        head: h11.Response | None = None
        chunks: list[bytes] = []
        try:
            while not isinstance(event := await self._event(parser), h11.EndOfMessage | h11.ConnectionClosed):
                if isinstance(event, h11.Response):
                    head = event
                elif isinstance(event, h11.Data):
                    chunks.append(bytes(event.data))
        except (h11.RemoteProtocolError, OSError):
            return _answer(head, chunks, is_whole=False) if head else None
        self._rest = parser.trailing_data[0]
        return _answer(head, chunks, is_whole=True) if head else None

    async def ask(self, data: bytes) -> Answer:
        """Send bytes and read the answer there must be."""
        await self.send(data)
        answer = await self.answer(data.partition(b" ")[0].decode("latin-1") or "GET")
        assert answer is not None, "the connection was closed without an answer"
        return answer

    async def closes(self) -> bytes:
        """What still comes until the other side closes."""
        with suppress(OSError):
            return self._rest + await self.reader.read()
        return self._rest

    def finish(self) -> None:
        """Send FIN but go on listening."""
        self.writer.write_eof()

    def reset(self) -> None:
        """Drop the connection with a TCP reset."""
        raw: socket.socket = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
        self.writer.transport.abort()

    async def _event(self, parser: h11.Connection) -> object:
        while (event := parser.next_event()) is h11.NEED_DATA:
            parser.receive_data(await self.reader.read(65536))
        return event


def _answer(head: h11.Response, chunks: list[bytes], *, is_whole: bool) -> Answer:
    headers = [(name.decode(), value.decode("latin-1")) for name, value in head.headers]
    return Answer(head.status_code, headers, b"".join(chunks), is_whole, chunks)


@asynccontextmanager
async def wire_to(port: int) -> AsyncGenerator[Wire]:
    """A connection that is closed at the end, whatever happened to it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.timeout(10):
            yield Wire(reader, writer)
    except BaseException:
        writer.transport.abort()  # what was not taken until now would be waited for without end
        raise
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


def request(method: str, path: str, body: bytes | None = None, *headers: str, host: str = "127.0.0.1") -> bytes:
    """The bytes of a request; each header is a whole line."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", *headers]
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + (body or b"")
