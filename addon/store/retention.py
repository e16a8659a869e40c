"""Forgetting what is older than the settings say, a little at a time.

Promise: each step is one short transaction (under 50 ms in a journal of half a million rows), so that nobody waits
for the database behind it. A journal row goes only with its sums already written: they are made in its own
transaction. Of the audit log only rows behind its horizon can go; triggers keep that a day or more in the past.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnClause, ColumnElement, Connection, delete, func, literal_column, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import Session

from addon.settings import RetentionSettings
from addon.store.engine import WRITING
from addon.store.errors import StoreError
from addon.store.models import (
    AuditHorizon,
    AuditRow,
    Base,
    FlowRollUp,
    JournalRow,
    RefusalRollUp,
    UsageRollUp,
    WaitRollUp,
)
from addon.store.roll_ups import COARSE_S, FINE_S, MIDDLE_S
from addon.store.to_its_end import to_its_end

_DAY_S = 24 * 3600
_FORGOTTEN_AT_ONCE = 300
_ROLL_UPS = (UsageRollUp, FlowRollUp, WaitRollUp, RefusalRollUp)
_ROW: ColumnClause[int] = literal_column("rowid")


@dataclass(frozen=True, slots=True)
class Kept:
    """How long records are kept, in seconds; `audit_s` None means for ever."""

    journal_s: float
    roll_ups_s: float
    audit_s: float | None

    @classmethod
    def by(cls, settings: RetentionSettings) -> "Kept":
        """What the settings say."""
        audit_s = settings.audit_days * _DAY_S or None
        return cls(settings.journal_days * _DAY_S, settings.rollups_days * _DAY_S, audit_s)


class Retention:
    """Forgets off the event loop."""

    def __init__(self, engine: AsyncEngine, kept: Kept) -> None:
        self._engine = engine.execution_options(**WRITING)
        self._kept = kept

    async def forget_some(self, now: float) -> bool:
        """One step; returns whether there may be more. Raises StoreError when it failed; nothing is gone then."""
        try:
            return await to_its_end(self._step(now))
        except (SQLAlchemyError, OSError) as error:
            raise StoreError(f"What is too old could not be deleted: {error}") from error

    async def newest_at(self, before: float) -> float | None:
        """When the newest request of the journal arrived, of those before that instant. Raises StoreError."""
        newest = select(func.max(JournalRow.arrived_at)).where(JournalRow.arrived_at < before)
        try:
            async with self._engine.connect() as connection:
                return await connection.scalar(newest)
        except (SQLAlchemyError, OSError) as error:
            raise StoreError(f"The journal could not be read: {error}") from error

    async def _step(self, now: float) -> bool:
        async with self._engine.begin() as connection:
            return await connection.run_sync(_forget_some, self._kept, now)


def forget_some(session: Session, kept: Kept, now: float) -> bool:
    """Delete some of the first kind of record that has any too old; returns whether there was one."""
    return (
        _forget(session, JournalRow, JournalRow.arrived_at < now - kept.journal_s)
        or _forget_audit(session, kept.audit_s, now)
        or _forget_roll_ups(session, kept.roll_ups_s, now)
    )


def _forget_audit(session: Session, kept_s: float | None, now: float) -> bool:
    if kept_s is None:
        return False
    # The trigger reads the clock in whole seconds.
    horizon = min(now - kept_s, now - _DAY_S - 1)
    if session.scalar(select(AuditRow.id).where(AuditRow.at < horizon).limit(1)) is None:
        return False
    session.execute(update(AuditHorizon).values(before_at=horizon))
    return _forget(session, AuditRow, AuditRow.at < horizon)


def _forget_roll_ups(session: Session, kept_s: float, now: float) -> bool:
    spans = {FINE_S: 8 * _DAY_S, MIDDLE_S: 40 * _DAY_S, COARSE_S: kept_s}
    return any(
        _forget(session, table, (table.period_s == period_s) & (table.start_at < now - min(span_s, kept_s)))
        for period_s, span_s in spans.items()
        for table in _ROLL_UPS
    )


def _forget(session: Session, table: type[Base], is_old: ColumnElement[bool]) -> bool:
    some = select(_ROW).select_from(table).where(is_old).limit(_FORGOTTEN_AT_ONCE)
    gone = session.execute(delete(table).where(_ROW.in_(some)), execution_options={"synchronize_session": False})
    return bool(getattr(gone, "rowcount", 0))


def _forget_some(connection: Connection, kept: Kept, now: float) -> bool:
    with Session(connection) as session:
        return forget_some(session, kept, now)
