"""A tap between the gate and its upstream: it passes every byte on and keeps what the gate sent."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import h11

_READ_BYTES = 65536


@dataclass(frozen=True)
class Seen:
    """One request as its bytes spell it; header lines keep their order and spelling."""

    line: str
    headers: Sequence[str]
    body: bytes

    def header(self, name: str) -> str | None:
        wanted = f"{name.lower()}: "
        return next((line[len(wanted) :] for line in self.headers if line.lower().startswith(wanted)), None)


@dataclass
class Tap:
    """Everything the gate ever sent, one bytearray a connection."""

    upstream_port: int
    port: int = 0
    connections: list[bytearray] = field(default_factory=list[bytearray])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def requests(self) -> Sequence[Seen]:
        """What the connections hold, in their order. Fails on bytes that are no whole request."""
        return [seen for sent in self.connections for seen in _read(bytes(sent))]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        kept = bytearray()
        self.connections.append(kept)
        from_upstream, to_upstream = await asyncio.open_connection("127.0.0.1", self.upstream_port)
        ways = (_pass_on(reader, to_upstream, kept), _pass_on(from_upstream, writer, bytearray()))
        with suppress(OSError):
            await asyncio.gather(*ways)
        for end in (writer, to_upstream):
            end.close()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, kept: bytearray) -> None:
    with suppress(OSError):
        while data := await reader.read(_READ_BYTES):
            kept += data
            writer.write(data)
            await writer.drain()
    # Whichever side ends, ends both: that is how a client's leaving reaches Ollama.
    writer.close()


def _read(sent: bytes) -> list[Seen]:
    found: list[Seen] = []
    while sent:
        parser = h11.Connection(h11.SERVER)
        parser.receive_data(sent)
        head, body = parser.next_event(), b""
        assert isinstance(head, h11.Request), f"the upstream was sent what is no request: {sent[:200]!r}"
        while not isinstance(event := parser.next_event(), h11.EndOfMessage):
            assert isinstance(event, h11.Data), f"the upstream was sent half a request: {sent[:200]!r}"
            body += event.data
        line, *headers = sent.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
        found.append(Seen(line, headers, body))
        sent = parser.trailing_data[0]
    return found


@asynccontextmanager
async def tap_before(upstream_port: int) -> AsyncGenerator[Tap]:
    """A tap in front of this port."""
    tap = Tap(upstream_port)
    server = await asyncio.start_server(tap.serve, "127.0.0.1", 0)
    tap.port = int(server.sockets[0].getsockname()[1])
    try:
        yield tap
    finally:
        server.close()
