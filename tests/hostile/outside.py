"""A gate seen from outside: how it serves others, and what it costs, while something is done to it."""

import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass

from tests.fakes.ollama import FakeOllama
from tests.hostile.gate_process import GateProcess
from tests.hostile.harness import ask
from tests.proxy.wire import Answer, Wire, wire_to
from tests.showing import show

MIB = 2**20
MOST_MORE_BYTES = 8 * MIB


@dataclass
class Outside:
    """A gate process, and the Ollama behind it."""

    gate: GateProcess
    upstream: FakeOllama

    async def ask(self) -> Answer:
        """One keyed request on a connection of its own."""
        async with wire_to(self.gate.port) as wire:
            return await wire.ask(ask(key=self.gate.key))

    async def latencies(self, count: int) -> Sequence[float]:
        """Seconds that keyed requests take, one after the other."""
        taken: list[float] = []
        for _ in range(count):
            start = time.monotonic()
            assert (await self.ask()).status == 200
            taken.append(time.monotonic() - start)
        return sorted(taken)

    @asynccontextmanager
    async def costs_little(self, what: str) -> AsyncGenerator[None]:
        """What happens inside must not make the process hold 8 MiB more, nor its log grow with the flood."""
        before = self.gate.memory_bytes()
        self.gate.forget_peak()
        yield
        more = self.gate.peak_bytes() - before
        show(f"\n{what}: {more / MIB:+.1f} MiB at most, log {self.gate.log.stat().st_size} bytes")
        assert more <= MOST_MORE_BYTES
        assert self.gate.log.stat().st_size < 2**16
        assert (await self.ask()).status == 200


async def flood(wire: Wire, piece: bytes, most_bytes: int) -> float:
    """Send until everything is sent or the other side has had enough; seconds until it was closed."""
    start, sent_bytes = time.monotonic(), 0
    with suppress(ConnectionError):
        while sent_bytes < most_bytes:
            await wire.send(piece)
            sent_bytes += len(piece)
    await wire.closes()
    closed_after_s = time.monotonic() - start
    show(f"\n{sent_bytes / MIB:.1f} MiB were taken, closed after {closed_after_s:.2f} s")
    return closed_after_s


@asynccontextmanager
async def crowd(port: int, count: int, says: bytes) -> AsyncGenerator[Sequence[Wire]]:
    """So many connections, each of which has said this."""
    async with AsyncExitStack() as stack:
        wires = [await stack.enter_async_context(wire_to(port)) for _ in range(count)]
        for wire in wires:
            await wire.send(says)
        yield wires
