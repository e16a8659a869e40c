"""An upstream made of raw bytes, which notes how long its only slot stays empty between two requests.

It lives in the process that makes the requests, so both ends of a gap are read from one clock. An answer is one
line at once and the last one after `lasts_s`, or when `release` is called while it holds.
"""

import asyncio
import random
import re
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

END_OF_ANSWER = b"0\r\n\r\n"

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
_FIRST = b'{"message":{"role":"assistant","content":"a"},"done":false}\n'
_LAST = b'{"message":{"role":"assistant","content":""},"done":true,"eval_count":1}\n'
_OTHER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


class Upstream:
    """`gaps_s` are the times from the end of an answer to the arrival of the next request.

    An answer's duration is drawn between the two numbers of `lasts_s`.
    """

    def __init__(self) -> None:
        self.port = 0
        self.lasts_s = (0.005, 0.005)
        self.gaps_s: list[float] = []
        self.on_arrival: Callable[[], None] = _nothing
        self.connections: set[asyncio.BaseTransport] = set()
        self._holds = False
        self._held: list[_Exchange] = []
        self._ended_at: float | None = None
        self._dice = random.Random(5)

    def hold(self) -> None:
        """End no answer from now on."""
        self._holds = True
        self._ended_at = None

    def release(self) -> None:
        """End what is held, and count gaps anew."""
        self.gaps_s.clear()
        self._holds = False
        held, self._held = self._held, []
        for exchange in held:
            exchange.end()

    async def until_gaps(self, count: int) -> list[float]:
        """So many gaps, in seconds, once there are as many."""
        async with asyncio.timeout(60 + count * 0.2):
            while len(self.gaps_s) < count:  # noqa: ASYNC110 - an event would cost time in the gap that is measured
                await asyncio.sleep(0.05)
        return self.gaps_s[:count]

    def arrived(self, exchange: "_Exchange", at: float) -> None:
        """A request is here, with its body."""
        if self._ended_at is not None:
            self.gaps_s.append(at - self._ended_at)
            self._ended_at = None
        exchange.begin()
        if self._holds:
            self._held.append(exchange)
        else:
            asyncio.get_running_loop().call_later(self._dice.uniform(*self.lasts_s), exchange.end)
        self.on_arrival()

    def ends(self) -> None:
        """The last bytes of an answer are about to be sent."""
        self._ended_at = None if self._holds else time.monotonic()


class _Exchange(asyncio.Protocol):
    """One connection: a request, its answer, and so on."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream
        self._transport: asyncio.Transport | None = None
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._upstream.connections.add(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._transport is not None:
            self._upstream.connections.discard(self._transport)
            self._transport = None

    def data_received(self, data: bytes) -> None:
        at = time.monotonic()
        self._received += data
        head, blank, body = self._received.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: *(\d+)", head)
        if not blank or len(body) < int(length[1] if length else 0):
            return
        self._received = b""
        if b"/api/chat" in head.partition(b"\r\n")[0]:
            self._upstream.arrived(self, at)
        else:
            self._send(_OTHER)

    def begin(self) -> None:
        """Send the head and the first line."""
        self._send(_HEAD + _chunk(_FIRST))

    def end(self) -> None:
        """Send the last line; nobody may be there any longer."""
        if self._transport is not None:
            self._upstream.ends()
            self._send(_chunk(_LAST) + END_OF_ANSWER)

    def _send(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)


@asynccontextmanager
async def running_upstream() -> AsyncGenerator[Upstream]:
    """An upstream on a free port."""
    upstream = Upstream()
    server = await asyncio.get_running_loop().create_server(lambda: _Exchange(upstream), "127.0.0.1", 0)
    upstream.port = int(server.sockets[0].getsockname()[1])
    try:
        yield upstream
    finally:
        server.close()
        for transport in tuple(upstream.connections):
            transport.close()


def _chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def _nothing() -> None:
    pass
