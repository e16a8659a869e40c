"""One stage for many cases: a house is raised anew only for other settings, other rules, or after a failure.

Only one stands at a time, because mitmproxy knows but one master a process.
"""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from tests.hostile.stage import Stage, staged

_MOST_FAILURES = 20
"""Well below what the gate puts up with from one address."""


class Theatre:
    """Lends its stage to one case after the other."""

    def __init__(self, new_folder: Callable[[], Path]) -> None:
        self._new_folder = new_folder
        self._raised = AsyncExitStack()
        self._stage: Stage | None = None
        self._setting: object = None

    @asynccontextmanager
    async def stage(
        self, allow: Sequence[str] = (), environ: Mapping[str, str] | None = None, *, is_fresh: bool = False
    ) -> AsyncGenerator[Stage]:
        """A stage with these rules and settings; `is_fresh` for cases that leave their traces on it."""
        setting = (tuple(allow), tuple(sorted((environ or {}).items())))
        if is_fresh or setting != self._setting or self._stage is None or self._stage.failures >= _MOST_FAILURES:
            await self.strike()
            self._stage = await self._raised.enter_async_context(staged(self._new_folder(), **(environ or {})))
            for cidr in allow:
                await self._stage.house.allow(cidr)
        self._stage.tap.connections.clear()
        self._setting = None  # until the case is over, and over well
        yield self._stage
        if not is_fresh:
            self._setting = setting

    async def strike(self) -> None:
        """Take down what stands."""
        self._stage, self._setting = None, None
        await self._raised.aclose()
