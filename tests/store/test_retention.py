"""What is too old goes, a little at a time; nothing else does."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from addon.settings import RetentionSettings
from addon.store.audit import Actor, Deed, record
from addon.store.engine import reading, writing
from addon.store.errors import StoreError
from addon.store.journal import Finished, write
from addon.store.models import AuditHorizon, AuditRow, JournalRow, UsageRollUp
from addon.store.retention import Kept, Retention, forget_some
from addon.store.roll_ups import COARSE_S, add_to_roll_ups
from tests.store.samples import NOW, finished

DAY_S = 24 * 3600
KEPT = Kept.by(RetentionSettings())
ANN = Actor("user:7", "ann")


def _write(engine: Engine, *rows: Finished) -> None:
    with writing(engine) as session:
        write(session, rows, ())
        add_to_roll_ups(session, rows, {})


def _note(engine: Engine, *ages_days: float) -> None:
    with writing(engine) as session:
        for days in ages_days:
            record(session, ANN, Deed("key.add", "key:1", "ci"), NOW - days * DAY_S)


def _forget_all(engine: Engine, kept: Kept = KEPT) -> int:
    steps = 0
    more = True
    while more:
        with writing(engine) as session:
            more = forget_some(session, kept, NOW)
        steps += more
    return steps


def _audit_ages(engine: Engine) -> list[float]:
    with reading(engine) as session:
        return [(NOW - at) / DAY_S for at in session.scalars(select(AuditRow.at).order_by(AuditRow.at))]


def test_the_rows_go_and_the_sums_stay(engine: Engine) -> None:
    _write(engine, finished(arrived_at=NOW - 91 * DAY_S), finished(arrived_at=NOW - 89 * DAY_S))
    _forget_all(engine)
    with reading(engine) as session:
        assert session.scalars(select(JournalRow.arrived_at)).all() == [NOW - 89 * DAY_S]
        sums = session.execute(select(UsageRollUp.period_s, func.sum(UsageRollUp.requests)).group_by("period_s"))
        assert [tuple(row) for row in sums] == [(COARSE_S, 2)]


def test_the_sums_go_in_their_turn(engine: Engine) -> None:
    _write(engine, finished(arrived_at=NOW - 731 * DAY_S), finished(arrived_at=NOW - 729 * DAY_S))
    _forget_all(engine)
    with reading(engine) as session:
        assert session.scalars(select(UsageRollUp.requests)).all() == [1]


def test_sums_kept_for_a_day_are_kept_for_a_day_in_every_size(engine: Engine) -> None:
    _write(engine, finished(arrived_at=NOW - 2 * DAY_S))
    _forget_all(engine, Kept(DAY_S, DAY_S, None))
    with reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(UsageRollUp)) == 0


def test_old_deeds_leave_the_audit_log_and_young_ones_stay(engine: Engine) -> None:
    _note(engine, 400, 366, 364, 1)
    _forget_all(engine)
    assert _audit_ages(engine) == [364, 1]


def test_an_audit_log_of_a_single_day_is_kept_so(engine: Engine) -> None:
    now = time.time() // 1 + 0.999  # the trigger reads the clock in whole seconds
    with writing(engine) as session:
        for age_s in (DAY_S + 2, DAY_S - 2):
            record(session, ANN, Deed("key.add", "key:1", "ci"), now - age_s)
        assert forget_some(session, Kept.by(RetentionSettings(audit_days=1)), now)
        assert session.scalars(select(AuditRow.at)).all() == [now - DAY_S + 2]


def test_zero_days_keep_the_audit_log_for_ever(engine: Engine) -> None:
    _note(engine, 4000)
    _forget_all(engine, Kept.by(RetentionSettings(audit_days=0)))
    assert _audit_ages(engine) == [4000]


def test_no_fault_of_the_program_can_move_the_horizon_into_the_last_day(engine: Engine) -> None:
    with pytest.raises(IntegrityError, match="keeps its last day"), writing(engine) as session:
        session.execute(update(AuditHorizon).values(before_at=time.time() - DAY_S + 60))


def test_a_great_deal_goes_in_many_short_steps(engine: Engine) -> None:
    old = {"at": NOW - 400 * DAY_S, "actor_id": "user:1", "actor": "a", "action": "key.add"}
    with writing(engine) as session:
        session.execute(insert(AuditRow), [old | {"subject_id": "", "subject": ""}] * 1200)
    _write(engine, *(finished(arrived_at=NOW - 800 * DAY_S, principal_id=f"key:{n}") for n in range(600)))
    assert _forget_all(engine) >= 3 + 2 + 3 * 2
    assert _audit_ages(engine) == []


async def test_it_works_off_the_event_loop(engine: Engine, async_engine: AsyncEngine) -> None:
    _note(engine, 400, 1)
    retention = Retention(async_engine, KEPT)
    assert await retention.forget_some(NOW)
    assert not await retention.forget_some(NOW)
    assert _audit_ages(engine) == [1]


async def test_a_database_that_is_away_is_an_error_and_nothing_is_gone(
    engine: Engine, async_engine: AsyncEngine, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("addon.store.engine._BUSY_TIMEOUT_MS", 1)
    _note(engine, 400)
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("begin immediate")
        with pytest.raises(StoreError, match="could not be deleted"):
            await Retention(async_engine, KEPT).forget_some(NOW)
    assert _audit_ages(engine) == [400]
