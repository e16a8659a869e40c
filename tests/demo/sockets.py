"""Raw connections to a server under test, for what no HTTP library would send."""

import asyncio
import socket
import struct
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from addon.demo.http1 import Handler, Server


@dataclass(frozen=True, slots=True)
class RawConnection:
    """Bytes out, bytes in, and two ways to leave."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def until(self, end: bytes) -> bytes:
        """Read up to and including `end`."""
        return await self.reader.readuntil(end)

    async def rest(self) -> bytes:
        """Read until the server closes."""
        return await self.reader.read()

    def leave(self) -> None:
        """Close in the ordinary way."""
        self.writer.close()

    def reset(self) -> None:
        """Leave with a TCP reset."""
        raw: socket.socket = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


@asynccontextmanager
async def connected(port: int) -> AsyncGenerator[RawConnection]:
    """One raw connection to a port of this machine."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield RawConnection(reader, writer)
    finally:
        writer.transport.abort()


@asynccontextmanager
async def serving(handler: Handler) -> AsyncGenerator[int]:
    """Run a server for `handler`; gives its port."""
    server = Server(handler)
    await server.start("127.0.0.1", 0)
    try:
        yield server.port
    finally:
        await server.close()
