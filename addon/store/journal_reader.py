"""Questions the gate asks its own journal, answered off the event loop.

Promise: however many ask, one question is read at a time, and for the same person once within its time.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import Session

from addon.store.errors import StoreError
from addon.store.journal import Totals, totals
from addon.store.usage import DayUse, usage_by_day

_TOTALS_KEPT_S = 1.0
"""As much as the journal is behind."""
_USAGE_KEPT_S = 60.0
_MOST_KEPT = 256


class JournalReader:
    """Reads through connections of its own."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._totals = _Lately[Totals](_TOTALS_KEPT_S)
        self._usage = _Lately[Sequence[DayUse]](_USAGE_KEPT_S)

    async def totals(self, since: float, now: float, principal_id: str) -> Totals:
        """What this principal's requests since then add up to. Raises StoreError when that cannot be read.

        Those of the last seconds are missing: they are written in batches, and the sums are kept for a second.
        """
        return await self._totals.get(
            principal_id, now, lambda: self._read(lambda session: totals(session, since, now, principal_id))
        )

    async def usage_by_day(self, principal_id: str, now: float) -> Sequence[DayUse]:
        """What this principal used on each of the last days, as it was within this minute. Raises StoreError.

        Two weeks of somebody busy are many rows, and programs may ask every second.
        """
        return await self._usage.get(
            principal_id, now, lambda: self._read(lambda session: usage_by_day(session, [principal_id], now))
        )

    async def is_readable(self) -> bool:
        """Whether the database answers."""
        try:
            await self._read(lambda session: totals(session, 0.0, 0.0))
        except StoreError:
            return False
        return True

    async def _read[T](self, question: Callable[[Session], T]) -> T:
        def read(connection: Connection) -> T:
            with Session(connection) as session:
                return question(session)

        try:
            async with self._engine.connect() as connection:
                return await connection.run_sync(read)
        except (SQLAlchemyError, OSError) as error:
            raise StoreError("The journal cannot be read.") from error


class _Lately[T]:
    """Answers by name, each good for `kept_s`; the oldest are dropped beyond a bound."""

    def __init__(self, kept_s: float) -> None:
        self._kept_s = kept_s
        self._answers: dict[str, tuple[float, T]] = {}
        self._lock = asyncio.Lock()

    async def get(self, name: str, now: float, ask: Callable[[], Awaitable[T]]) -> T:
        """The answer of before, or a fresh one. Whoever asks meanwhile waits for that one."""
        async with self._lock:
            kept = self._answers.get(name)
            if kept is None or not 0 <= now - kept[0] < self._kept_s:
                kept = now, await ask()
                self._answers.pop(name, None)
                self._answers[name] = kept
                if len(self._answers) > _MOST_KEPT:
                    del self._answers[next(iter(self._answers))]
            return kept[1]
