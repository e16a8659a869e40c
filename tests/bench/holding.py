"""Thousands of held requests: what they cost while nothing happens, and what is left when all leave at once.

Behind one request that the upstream never ends, everybody waits on a connection of their own. For the first part
`queue.early_response_after_s` is a day, so that nothing at all happens; the heartbeats' cost is measured apart.
"""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from pathlib import Path

from tests.bench.crowd import Crowd
from tests.bench.figures import Figure, Section
from tests.bench.processes import Program
from tests.bench.scale import Scale
from tests.bench.sluice import running_sluice
from tests.bench.upstream import Upstream, running_upstream
from tests.bench.watcher import until_gate_says

TARGET_KB = 40.0
TARGET_CPU_PERCENT = 0.5
"""What still reads as 0 %."""
TARGET_LEFT_S = 3.0
TARGET_FILES = 2
"""The gate may hold one more handle on its database than before; nobody's connection stays open."""
_WARM_UP = 20
_PATIENCE = {"SLUICE_QUEUE__EARLY_RESPONSE_AFTER_S": "86400"}
_FIRST_BEAT_S = 15.0


@dataclass(frozen=True, slots=True)
class Round:
    """One crowd's stay. `kb` is per held request, `cpu_` in percent of one core.

    `held` and `left` are wall time and the gate's own CPU time, in seconds: on a busy machine they differ.
    """

    held: tuple[float, float]
    kb: float
    cpu_empty: float
    cpu_held: float
    left: tuple[float, float]
    files_left: int
    memory_before_kb: float
    memory_after_kb: float


async def measure(scale: Scale, data_dir: Path) -> list[Section]:
    """Every round in a fresh gate; then the heartbeats, once."""
    rounds = [await _stay(scale, data_dir) for _ in range(scale.rounds)]
    beating = [await _heartbeats(scale, data_dir)] if scale.heartbeats_s else []
    return [_while_held(scale, rounds, beating), _when_all_leave(scale, rounds)]


async def _stay(scale: Scale, data_dir: Path) -> Round:
    async with running_upstream() as upstream, running_sluice(data_dir, upstream.port, **_PATIENCE) as sluice:
        await _warm_up(sluice)
        cpu_empty = await sluice.cpu_percent(scale.idle_s)
        memory_kb, files = sluice.memory_kb, sluice.open_files
        crowd = Crowd(sluice.port)
        held = await _timed(sluice, _fill(crowd, scale.held, upstream))
        cpu_held = await sluice.cpu_percent(scale.idle_s)
        held_kb = sluice.memory_kb
        crowd.check()
        left = await _timed(sluice, _empty(crowd))
        await asyncio.sleep(scale.idle_s)
        return Round(
            held=held,
            kb=(held_kb - memory_kb) / scale.held,
            cpu_empty=cpu_empty,
            cpu_held=cpu_held,
            left=left,
            files_left=sluice.open_files - files,
            memory_before_kb=memory_kb,
            memory_after_kb=sluice.memory_kb,
        )


async def _heartbeats(scale: Scale, data_dir: Path) -> float:
    async with running_upstream() as upstream, running_sluice(data_dir, upstream.port) as sluice:
        crowd = Crowd(sluice.port)
        await _fill(crowd, scale.held, upstream)
        await asyncio.sleep(_FIRST_BEAT_S)
        # A busy gate is late with the first beats; whoever it answers has no more of them before him.
        await until_gate_says(sluice.port, waiting=scale.held, running=1)
        cpu = await sluice.cpu_percent(scale.heartbeats_s)
        crowd.check()
        await _empty(crowd)
        return cpu


async def _warm_up(sluice: Program) -> None:
    crowd = Crowd(sluice.port)
    await crowd.grow(_WARM_UP)
    await crowd.until_all_are_served()
    crowd.check()
    crowd.leave()
    await until_gate_says(sluice.port, waiting=0, running=0)


async def _fill(crowd: Crowd, count: int, upstream: Upstream) -> None:
    upstream.hold()
    await crowd.grow(count + 1)
    await until_gate_says(crowd.port, waiting=count, running=1)


async def _empty(crowd: Crowd) -> None:
    crowd.leave()
    await until_gate_says(crowd.port, waiting=0, running=0)


async def _timed(sluice: Program, happening: Awaitable[None]) -> tuple[float, float]:
    loop, cpu_s = asyncio.get_running_loop(), sluice.cpu_s
    started_at = loop.time()
    await happening
    return loop.time() - started_at, sluice.cpu_s - cpu_s


def _while_held(scale: Scale, rounds: list[Round], beating: list[float]) -> Section:
    figures = [
        Figure("memory per held request", [each.kb for each in rounds], "KB", TARGET_KB),
        Figure("time until all are held", [each.held[0] for each in rounds], "s"),
        Figure("of it CPU time of the gate", [each.held[1] for each in rounds], "s"),
        Figure("CPU while nothing happens", [each.cpu_held for each in rounds], "%", TARGET_CPU_PERCENT),
        Figure("the same with nobody there", [each.cpu_empty for each in rounds], "%"),
    ]
    if beating:
        figures.append(Figure("CPU with everybody's heartbeats", beating, "%"))
    return Section(f"{scale.held:,} held requests", figures)


def _when_all_leave(scale: Scale, rounds: list[Round]) -> Section:
    figures = [
        Figure("until nobody waits or runs", [each.left[0] for each in rounds], "s", TARGET_LEFT_S),
        Figure("of it CPU time of the gate", [each.left[1] for each in rounds], "s"),
        Figure("open files more than before", [each.files_left for each in rounds], "", TARGET_FILES, digits=0),
        Figure("memory before", [each.memory_before_kb / 1024 for each in rounds], "MB", digits=0),
        Figure("memory afterwards", [each.memory_after_kb / 1024 for each in rounds], "MB", digits=0),
    ]
    return Section(f"All {scale.held:,} leave at once", figures)
