"""Questions the gate asks its own journal, answered off the event loop."""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import Session

from addon.store.errors import StoreError
from addon.store.journal import Totals, totals
from addon.store.usage import DayUse, usage_by_day

_KEPT_S = 60.0
_MOST_KEPT = 256


class JournalReader:
    """Reads through connections of its own."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._usage: dict[str, tuple[float, Sequence[DayUse]]] = {}

    async def totals(self, since: float, principal_id: str) -> Totals:
        """What this principal's requests since then add up to. Raises StoreError when that cannot be read.

        The last second's are missing: they are written in batches.
        """
        return await self._read(lambda session: totals(session, since, principal_id))

    async def usage_by_day(self, principal_id: str, now: float) -> Sequence[DayUse]:
        """What this principal used on each of the last days, as it was within this minute. Raises StoreError.

        Two weeks of somebody busy are many rows, and programs may ask every second.
        """
        kept = self._usage.get(principal_id)
        if kept is None or not 0 <= now - kept[0] < _KEPT_S:
            kept = now, await self._read(lambda session: usage_by_day(session, [principal_id], now))
            self._usage.pop(principal_id, None)
            self._usage[principal_id] = kept
            if len(self._usage) > _MOST_KEPT:
                del self._usage[next(iter(self._usage))]
        return kept[1]

    async def is_readable(self) -> bool:
        """Whether the database answers."""
        try:
            await self.totals(0.0, "")
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
