"""Questions the gate asks its own journal, answered off the event loop."""

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import Session

from addon.store.errors import StoreError
from addon.store.journal import Totals, totals


class JournalReader:
    """Reads through connections of its own."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def totals(self, since: float, principal_id: str) -> Totals:
        """What this principal's requests since then add up to. Raises StoreError when that cannot be read.

        The last second's are missing: they are written in batches.
        """

        def read(connection: Connection) -> Totals:
            with Session(connection) as session:
                return totals(session, since, principal_id)

        try:
            async with self._engine.connect() as connection:
                return await connection.run_sync(read)
        except (SQLAlchemyError, OSError) as error:
            raise StoreError("The journal cannot be read.") from error

    async def is_readable(self) -> bool:
        """Whether the database answers."""
        try:
            await self.totals(0.0, "")
        except StoreError:
            return False
        return True
