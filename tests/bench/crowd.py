"""Clients made of raw bytes: each asks one question of about 1 KB on a connection of its own."""

import asyncio
import json
from itertools import cycle

from addon.proxy.tasks import spawn
from tests.bench.processes import BenchError
from tests.bench.upstream import END_OF_ANSWER

_AT_ONCE = 64
"""Connections in the making; more would overflow the gate's backlog, and TCP tries again only after a second."""
_ADDRESSES = tuple(f"127.0.0.{number}" for number in range(1, 21))
"""Where they come from; a gate may limit the connections of one address."""
_QUESTION = json.dumps(
    {"model": "gemma3:270m", "messages": [{"role": "user", "content": "hello " * 160}]}
).encode()
QUESTION = (
    b"POST /api/chat HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    + f"Content-Length: {len(_QUESTION)}\r\n\r\n".encode()
    + _QUESTION
)


class Crowd:
    """Many clients of one port."""

    def __init__(self, port: int) -> None:
        self.clients: set[Client] = set()
        self.finished: list[Client] = []
        self.complaint: bytes = b""
        self.has_left = False
        self.port = port
        self._addresses = cycle(_ADDRESSES)
        self._connecting = asyncio.Semaphore(_AT_ONCE)

    async def grow(self, count: int) -> None:
        """So many more clients, connected and with their question sent."""
        async with asyncio.TaskGroup() as group:
            for _ in range(count):
                group.create_task(self._one_more())

    async def until_all_are_served(self) -> None:
        """Return once everybody has an answer."""
        async with asyncio.timeout(60):
            while len(self.finished) < len(self.clients):  # noqa: ASYNC110 - an event would cost time in every hand-off
                await asyncio.sleep(0.02)

    def replace_finished(self) -> None:
        """Let whoever has an answer go, and send somebody new for each."""
        finished, self.finished = self.finished, []
        for client in finished:
            client.leave()
            spawn(self._one_more(), name="one more")

    def leave(self) -> None:
        """Everybody goes, now and without a word; whoever is still on the way turns round."""
        self.has_left = True
        for client in tuple(self.clients):
            client.leave()

    def check(self) -> None:
        """Raise BenchError if anybody was refused or sent away."""
        if self.complaint:
            raise BenchError(f"a client was not served: {self.complaint.decode('latin-1')}")

    async def _one_more(self) -> None:
        async with self._connecting:
            await asyncio.get_running_loop().create_connection(
                lambda: Client(self), "127.0.0.1", self.port, local_addr=(next(self._addresses), 0)
            )


class Client(asyncio.Protocol):
    """One client and its one question."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self._transport: asyncio.Transport | None = None
        self._has_begun = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if self._crowd.has_left:
            transport.abort()
            return
        self._crowd.clients.add(self)
        transport.write(QUESTION)

    def data_received(self, data: bytes) -> None:
        if not self._has_begun and not data.startswith(b"HTTP/1.1 200"):
            self._crowd.complaint = data
        self._has_begun = True
        if data.endswith(END_OF_ANSWER):
            self._crowd.finished.append(self)

    def connection_lost(self, exc: Exception | None) -> None:
        if self in self._crowd.clients:
            self._crowd.clients.discard(self)
            self._crowd.complaint = self._crowd.complaint or f"the connection was closed ({exc})".encode()

    def leave(self) -> None:
        """Close the connection at once."""
        self._crowd.clients.discard(self)
        if self._transport is not None:
            self._transport.abort()
