"""The gate's hand in the audit log: what was done to the queue and to the models, written off the event loop.

Promise: adding a deed never waits and never fails, so a busy database holds up no steering. Deeds that cannot be
written are kept and tried again; should the database stay away, the oldest beyond a bound are dropped and the log
says how many.
"""

import asyncio
import logging
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import Session

from addon.store.audit import Actor, Deed, record
from addon.store.engine import WRITING

_MOST_KEPT = 10_000
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Done:
    by: Actor
    deed: Deed
    at: float


class AuditWriter:
    """Buffers deeds until `flush`, which somebody calls about once a second and at the end."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine.execution_options(**WRITING)
        self._done: list[_Done] = []
        self._flushing = asyncio.Lock()

    def add(self, by: Actor, deed: Deed, now: float) -> None:
        """Note what somebody has just done."""
        self._done.append(_Done(by, deed, now))

    async def flush(self) -> bool:
        """Write what has gathered; False when that failed and the deeds are kept for the next time.

        Cancelling it does not cut the writing short, as with the journal's.
        """
        return await asyncio.shield(self._flush())

    async def _flush(self) -> bool:
        async with self._flushing:
            done, self._done = self._done, []
            if not done:
                return True
            try:
                async with self._engine.begin() as connection:
                    await connection.run_sync(_write, done)
            except Exception as error:  # noqa: BLE001 - as with the journal, whatever it is, nothing may be lost by it
                _log.warning("the audit log could not be written and is kept in memory: %s", error)
                self._keep(done)
                return False
            return True

    def _keep(self, done: list[_Done]) -> None:
        self._done = done + self._done
        dropped = len(self._done) - _MOST_KEPT
        if dropped > 0:
            del self._done[:dropped]
            _log.error("the audit log is away for too long: %d deeds at the gate are lost", dropped)


def _write(connection: Connection, done: list[_Done]) -> None:
    with Session(connection) as session:
        for one in done:
            record(session, one.by, one.deed, one.at)
        session.flush()
