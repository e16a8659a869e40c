"""The gate's view of the rules: notices a commit of any process, and loads the new Policy off the event loop.

Promise: `poll` costs one PRAGMA and one stat while nothing changes, and fails loudly when the database is
gone: SQLite would go on reading a deleted file for as long as it is held open, and serve yesterday's rules.
"""

import asyncio
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.orm import Session

from addon.core.policy import Policy
from addon.settings import BasePriorities
from addon.store.policy_loader import load_policy, load_revision


class PolicyUnavailableError(RuntimeError):
    """The rules cannot be read; whoever decides by them must refuse."""


class PolicySource:
    """One pinned connection that watches the rules."""

    def __init__(self, engine: AsyncEngine, secret: bytes, base: BasePriorities) -> None:
        self._engine = engine
        self._secret = secret
        self._base = base
        self._connection: AsyncConnection | None = None
        self._file: tuple[int, int] | None = None
        self._data_version: int | None = None
        self._revision: int | None = None
        self._lock = asyncio.Lock()

    async def poll(self, now: float) -> Policy | None:
        """The new Policy when the rules have changed since the last call, else None.

        Raises PolicyUnavailableError when they cannot be read. After that, or when it was cancelled, the next call
        starts afresh.
        """
        async with self._lock:
            try:
                return await self._poll(now)
            except asyncio.CancelledError:
                # How far it came is unknown, and the policy it may have read is lost with it.
                await self._disconnect()
                raise
            # Whatever goes wrong here (a missing file, a lock, a row nobody can read) means: no rules.
            except Exception as error:
                await self._disconnect()
                raise PolicyUnavailableError(f"the rules cannot be read: {error}") from error

    async def close(self) -> None:
        """Let go of the connection."""
        async with self._lock:
            await self._disconnect()

    async def _poll(self, now: float) -> Policy | None:
        connection = await self._connected()
        # One transaction, so that the version and the rules belong to the same instant.
        async with connection.begin():
            version = (await connection.exec_driver_sql("PRAGMA data_version")).scalar_one()
            if version == self._data_version:
                return None
            policy = await connection.run_sync(self._load_if_changed, now)
        self._data_version = version
        return policy

    def _load_if_changed(self, connection: Connection, now: float) -> Policy | None:
        with Session(connection) as session:
            revision = load_revision(session)
            if revision == self._revision:
                return None
            policy = load_policy(session, self._secret, self._base, now)
        self._revision = revision
        return policy

    async def _connected(self) -> AsyncConnection:
        file = await asyncio.to_thread(_identity, self._engine)
        if self._connection is not None and file != self._file:
            await self._disconnect()
        if self._connection is None:
            self._connection = await self._engine.connect()
            self._file = file
        return self._connection

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        self._data_version = self._revision = None
        if connection is not None:
            await connection.close()


def _identity(engine: AsyncEngine) -> tuple[int, int]:
    path = engine.url.database
    if not path:
        raise PolicyUnavailableError("the database has no file")
    stat = Path(path).stat()
    return stat.st_dev, stat.st_ino
