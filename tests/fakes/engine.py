"""An engine that says exactly what a test tells it to, when the test tells it to.

Nothing here sleeps unless a script asks for it: a test holds generations with `hold`, lets them go with `release`
and waits for a state with `until`, which returns the moment the state is reached.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Final

from addon.demo import engine as demo

type Step = str | float | asyncio.Event | demo.EngineError | demo.Final
"""Say a piece, wait so many seconds, wait for an event, die, or end with these very counts."""

type Script = Sequence[Step]

THREE_PIECES: Final[Script] = ("One", " two", " three")

GEMMA: Final = demo.ModelFacts(
    name="gemma3:270m",
    size_bytes=253_113_024,
    digest="a5fd3b62" * 8,
    modified_at=1_780_000_000.0,
    family="gemma3",
    parameter_size="268.10M",
    quantization_level="Q4_K_M",
    context_length=32768,
    embedding_length=640,
    capabilities=("completion", "tools", "thinking"),
)


def stall() -> asyncio.Event:
    """A step that never ends; only the client's leaving does."""
    return asyncio.Event()


class Pulse:
    """Lets a test await a condition; whoever changes something calls `changed`."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Callable[[], bool], asyncio.Future[None]]] = []

    def changed(self) -> None:
        """Wake everybody whose condition holds now."""
        for holds, future in self._waiting:
            if not future.done() and holds():
                future.set_result(None)

    async def until(self, holds: Callable[[], bool], timeout_s: float = 5.0) -> None:
        """Return as soon as the condition holds. Raises `TimeoutError` when it does not within `timeout_s`."""
        if holds():
            return
        waiting = (holds, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        try:
            async with asyncio.timeout(timeout_s):
                await waiting[1]
        finally:
            self._waiting.remove(waiting)


@dataclass
class ScriptedEngine:
    """Implements `addon.demo.engine.Engine` from scripts, and counts what happens to it.

    A generation takes its script from `scripts` (first come, first served), else from `script_for`, else it says
    `default`. A script without a `Final` ends with one that counts its pieces.
    """

    facts: Sequence[demo.ModelFacts] = (GEMMA,)
    default: Script = THREE_PIECES
    scripts: deque[Script] = field(default_factory=deque[Script])
    script_for: Callable[[demo.Generation], Script | None] | None = None
    load_error: demo.EngineError | None = None

    started: list[demo.Generation] = field(default_factory=list[demo.Generation])
    """Every generation that reached the model, in order."""
    running: int = 0
    max_running: int = 0
    finished: int = 0
    cancelled: int = 0
    """Generations cut off because their client left."""
    died: int = 0
    loads: int = 0
    loaded: set[str] = field(default_factory=set[str])
    pulse: Pulse = field(default_factory=Pulse)
    _holds: bool = False
    _held: deque[asyncio.Event] = field(default_factory=deque[asyncio.Event])

    def hold(self) -> None:
        """From now on every generation stops before its first piece until it is released."""
        self._holds = True

    def release(self, count: int | None = None) -> None:
        """Let the `count` generations go that were held longest; None lets all go and holds no more."""
        if count is None:
            self._holds = False
            count = len(self._held)
        for _ in range(count):
            self._held.popleft().set()

    @property
    def held(self) -> int:
        """How many generations wait for `release`."""
        return len(self._held)

    async def until_running(self, count: int) -> None:
        """Return as soon as exactly `count` generations run at the same time."""
        await self.pulse.until(lambda: self.running == count)

    async def until_started(self, count: int) -> None:
        """Return as soon as `count` generations have reached the model since the start."""
        await self.pulse.until(lambda: len(self.started) >= count)

    async def until_cancelled(self, count: int) -> None:
        """Return as soon as `count` generations have been cut off."""
        await self.pulse.until(lambda: self.cancelled >= count)

    def models(self) -> Sequence[demo.ModelFacts]:
        """Part of `Engine`."""
        return self.facts

    async def load(self, model: str) -> None:
        """Part of `Engine`."""
        if self.load_error is not None:
            raise self.load_error
        self.loads += 1
        self.loaded.add(model)
        self.pulse.changed()

    async def unload(self, model: str) -> None:
        """Part of `Engine`."""
        self.loaded.discard(model)
        self.pulse.changed()

    async def generate(self, request: demo.Generation) -> AsyncGenerator[demo.Piece | demo.Final, None]:
        """Part of `Engine`."""
        script = self._script(request)
        self._begin(request)
        try:
            await self._wait_if_held()
            async with aclosing(_perform(script)) as said:
                async for each in said:
                    yield each
        except demo.EngineError:
            self.died += 1
            raise
        except (asyncio.CancelledError, GeneratorExit):
            self.cancelled += 1
            raise
        else:
            self.finished += 1
        finally:
            self.running -= 1
            self.pulse.changed()

    def _script(self, request: demo.Generation) -> Script:
        if self.scripts:
            return self.scripts.popleft()
        chosen = self.script_for(request) if self.script_for else None
        return self.default if chosen is None else chosen

    def _begin(self, request: demo.Generation) -> None:
        self.started.append(request)
        self.running += 1
        self.max_running = max(self.max_running, self.running)
        self.pulse.changed()

    async def _wait_if_held(self) -> None:
        if not self._holds:
            return
        gate = asyncio.Event()
        self._held.append(gate)
        self.pulse.changed()
        try:
            await gate.wait()
        finally:
            if gate in self._held:
                self._held.remove(gate)


async def _perform(script: Script) -> AsyncGenerator[demo.Piece | demo.Final, None]:
    said = 0
    for step in script:
        match step:
            case str():
                said += 1
                yield demo.Piece(step)
            case asyncio.Event():
                await step.wait()
            case demo.EngineError():
                raise step
            case demo.Final():
                yield step
                return
            case _:
                await asyncio.sleep(step)
    yield demo.Final("stop", prompt_eval_count=10, eval_count=said, prompt_eval_ns=1_000_000, eval_ns=2_000_000)
