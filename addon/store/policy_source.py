"""The gate's view of the rules: notices a commit of any process, and loads the new Policy off the event loop.

Promise: `poll` costs one short look in a thread while nothing changes, and fails loudly when the database is gone.
"""

import asyncio
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import Session

from addon.core.policy import Policy
from addon.settings import BasePriorities
from addon.store.policy_loader import load_policy
from addon.store.revision_watch import RevisionWatch, Seen
from addon.store.to_its_end import to_its_end


class PolicyUnavailableError(RuntimeError):
    """The rules cannot be read; whoever decides by them must refuse."""


class PolicySource:
    """Watches the rules of one database."""

    def __init__(self, engine: AsyncEngine, secret: bytes, base: BasePriorities) -> None:
        self._engine = engine
        self._secret = secret
        self._base = base
        self._watch = RevisionWatch(Path(engine.url.database or ""))
        self._seen: Seen | None = None
        self._lock = asyncio.Lock()

    async def poll(self, now: float) -> Policy | None:
        """The new Policy when the rules have changed since the last call, else None.

        Raises PolicyUnavailableError when they cannot be read. After that, or when it was cancelled, the next call
        brings the Policy whether it has changed or not.
        """
        async with self._lock:
            try:
                return await self._poll(now)
            except asyncio.CancelledError:
                # How far it came is unknown, and the policy it may have read is lost with it.
                self._seen = None
                raise
            # Whatever goes wrong here (a missing file, a lock, a row nobody can read) means: no rules.
            except Exception as error:
                self._seen = None
                raise PolicyUnavailableError(f"the rules cannot be read: {error}") from error

    async def close(self) -> None:
        """Let go of the database."""
        async with self._lock:
            self._seen = None
            await asyncio.to_thread(self._watch.close)

    async def _poll(self, now: float) -> Policy | None:
        if not self._engine.url.database:
            raise PolicyUnavailableError("the database has no file")
        seen = await asyncio.to_thread(self._watch.look)
        if seen == self._seen:
            return None
        policy = await to_its_end(self._read(now))
        self._seen = seen
        return policy

    async def _read(self, now: float) -> Policy:
        # One transaction, so that the revision and the rules belong to the same instant.
        async with self._engine.connect() as connection, connection.begin():
            return await connection.run_sync(self._load, now)

    def _load(self, connection: Connection, now: float) -> Policy:
        with Session(connection) as session:
            return load_policy(session, self._secret, self._base, now)
