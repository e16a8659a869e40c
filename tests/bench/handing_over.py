"""Hand-off: from the end of one answer at the upstream to the arrival of the next request there.

Every waiting client has a connection of its own, and whoever is served is replaced by somebody new, so the line
stays as long as it is and each hand-off includes the gate's own connection to the upstream. `direct` is one client
without a gate that asks again as soon as it has its answer, on a connection that stays open.

Behind short answers everybody is awake. Between longer ones processes sleep and their caches grow cold, which
makes everything slower, also `direct`; the naive gate is measured there alone, over a whole period of its polling.
"""

import asyncio
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tests.bench.crowd import QUESTION, Crowd
from tests.bench.figures import Figure, Section
from tests.bench.naive import RETRY_S
from tests.bench.processes import running
from tests.bench.scale import Scale
from tests.bench.sluice import running_sluice
from tests.bench.upstream import END_OF_ANSWER, Upstream, running_upstream
from tests.bench.watcher import until_gate_says

TARGET_MS = 1.5
SHORT_S = (0.005, 0.005)
LONG_S = (0.02, 0.02 + RETRY_S)

type Samples = dict[tuple[str, int], list[float]]


async def measure(scale: Scale, data_dir: Path) -> Section:
    """Gate, naive gate and no gate, in turns."""
    samples: Samples = defaultdict(list)
    for _ in range(scale.rounds):
        async with running_upstream() as upstream:
            await _round(scale, upstream, data_dir, samples)
    return Section("Hand-off at the upstream", tuple(_figures(scale, samples)))


async def _round(scale: Scale, upstream: Upstream, data_dir: Path, samples: Samples) -> None:
    async with running_sluice(data_dir, upstream.port) as sluice:
        for depth in scale.depths:
            for name, upstream.lasts_s in (("short", SHORT_S), ("gate", LONG_S)):
                samples[name, depth] += await _hand_offs(sluice.port, upstream, depth, scale.hand_offs)
                await until_gate_says(sluice.port, waiting=0, running=0)
    for depth in scale.depths:
        # It never notices who has left, so each line needs a fresh one.
        async with running(sys.executable, "-m", "tests.bench.naive", str(upstream.port)) as naive:
            samples["naive", depth] += await _hand_offs(naive.port, upstream, depth, scale.naive_hand_offs)
    for name, upstream.lasts_s in (("short", SHORT_S), ("direct", LONG_S)):
        samples[name, 0] += await _direct(upstream, scale.hand_offs)


async def _hand_offs(port: int, upstream: Upstream, depth: int, count: int) -> list[float]:
    upstream.hold()
    crowd = Crowd(port)
    await crowd.grow(depth + 1)
    await until_gate_says(port, waiting=depth, running=1)
    upstream.on_arrival = crowd.replace_finished
    upstream.release()
    gaps_s = await upstream.until_gaps(count)
    upstream.hold()
    upstream.on_arrival = lambda: None
    crowd.check()
    crowd.leave()
    return gaps_s


async def _direct(upstream: Upstream, count: int) -> list[float]:
    upstream.release()
    reader, writer = await asyncio.open_connection("127.0.0.1", upstream.port)
    for _ in range(count + 1):
        writer.write(QUESTION)
        await reader.readuntil(END_OF_ANSWER)
    writer.close()
    return upstream.gaps_s[:count]


def _figures(scale: Scale, samples: Samples) -> Iterator[Figure]:
    short, direct = _figure("direct, short answers", samples["short", 0]), _figure("direct", samples["direct", 0])
    for depth in scale.depths:
        hurried = _figure(f"gate, {depth:,} waiting, short answers", samples["short", depth], TARGET_MS)
        gate = _figure(f"gate, {depth:,} waiting", samples["gate", depth], TARGET_MS)
        naive = _figure(f"naive, {depth:,} waiting", samples["naive", depth])
        yield replace(hurried, note=f"{hurried.median / short.median:.0f}x direct")
        yield replace(gate, note=f"{gate.median / direct.median:.0f}x direct")
        yield replace(naive, note=f"{naive.median / gate.median:.0f}x the gate")
    yield short
    yield direct


def _figure(name: str, gaps_s: list[float], at_most_ms: float | None = None) -> Figure:
    return Figure(name, [1000 * gap_s for gap_s in gaps_s], "ms", at_most_ms)
