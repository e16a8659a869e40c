"""One loaded model and its slots, as in Ollama: strict first come, first served, and no limit to who may wait."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from addon.demo.engine import Engine, Final, Generation, ModelFacts, Piece


class Runner:
    """Loads its model on demand and lets `parallel` requests generate at a time."""

    def __init__(self, engine: Engine, facts: ModelFacts, parallel: int) -> None:
        self.facts = facts
        self.is_loaded = False
        self._engine = engine
        self._slots = asyncio.Semaphore(parallel)
        self._loading = asyncio.Lock()
        self._holders = 0
        self._is_expiring = False

    async def load(self) -> None:
        """Bring the model into memory unless it is there. Raises `EngineError` when that fails."""
        self._is_expiring = False
        async with self._loading:
            if not self.is_loaded:
                await self._engine.load(self.facts.name)
                self.is_loaded = True

    async def unload(self) -> None:
        """Give the memory back now, or when the last request that needs the model has ended."""
        self._is_expiring = True
        await self._unload_if_idle()

    async def generate(
        self, request: Generation, *, then_unload: bool = False
    ) -> AsyncGenerator[Piece | Final, None]:
        """Wait for a slot, generate, and complete the final record with load and total time.

        Whether the model stays in memory afterwards is decided by the last request that says so, for everybody.
        Raises `EngineError` when the model cannot be loaded or dies.
        """
        began = time.monotonic_ns()
        self._holders += 1
        try:
            await self.load()
            self._is_expiring = then_unload
            loaded = time.monotonic_ns()
            async with self._slots, aclosing(self._engine.generate(request)) as pieces:
                async for piece in pieces:
                    yield piece if isinstance(piece, Piece) else _timed(piece, began, loaded)
        finally:
            self._holders -= 1
            await self._unload_if_idle()

    async def _unload_if_idle(self) -> None:
        async with self._loading:
            if self.is_loaded and self._is_expiring and not self._holders:
                await self._engine.unload(self.facts.name)
                self.is_loaded = False


def _timed(final: Final, began: int, loaded: int) -> Final:
    return replace(final, load_ns=loaded - began, total_ns=time.monotonic_ns() - began)
