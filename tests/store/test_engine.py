"""Engines: how connections are set up, and what a write transaction promises."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import Session

from addon.store.engine import WRITING, make_async_engine, reading
from addon.store.errors import StoreBusyError
from addon.store.models import LoginSession, PolicyRevision, User
from tests.changing import changing_rules
from tests.store.samples import NOW, exists, locked, make_user, move

_PRAGMAS = [("journal_mode", "wal"), ("foreign_keys", 1), ("synchronous", 2), ("busy_timeout", 5000)]


def _revision(engine: Engine) -> int:
    with reading(engine) as session:
        return session.scalars(select(PolicyRevision.revision)).one()


def _can_be_written_now(database: Path) -> bool:
    with closing(sqlite3.connect(database, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        return True


@pytest.mark.parametrize(("pragma", "value"), _PRAGMAS)
def test_a_connection_is_set_up(engine: Engine, pragma: str, value: object) -> None:
    with engine.connect() as connection:
        assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar_one() == value


@pytest.mark.parametrize(("pragma", "value"), _PRAGMAS)
async def test_a_connection_of_the_gate_is_set_up(async_engine: AsyncEngine, pragma: str, value: object) -> None:
    async with async_engine.connect() as connection:
        assert (await connection.exec_driver_sql(f"PRAGMA {pragma}")).scalar_one() == value


def test_foreign_keys_are_enforced(engine: Engine) -> None:
    orphan = LoginSession(id="s", user_id=99, created_at=NOW, expires_at=NOW, ended_at=None)
    with pytest.raises(IntegrityError, match="FOREIGN KEY"), changing_rules(engine) as session:
        session.add(orphan)


def test_changing_rules_takes_the_write_lock_with_its_first_look(engine: Engine, database: Path) -> None:
    with changing_rules(engine) as session:
        session.scalars(select(User)).all()
        assert not _can_be_written_now(database)
    assert _can_be_written_now(database)


def test_reading_keeps_nobody_from_writing(engine: Engine, database: Path) -> None:
    with reading(engine) as session:
        session.scalars(select(User)).all()
        assert _can_be_written_now(database)


async def test_the_gate_writes_under_the_same_lock(async_engine: AsyncEngine, database: Path) -> None:
    async with async_engine.execution_options(**WRITING).begin():
        assert not _can_be_written_now(database)
    async with async_engine.begin():
        assert _can_be_written_now(database)


def test_writers_that_read_first_wait_for_one_another(engine: Engine) -> None:
    barrier = Barrier(4)

    def count_up(_: int) -> None:
        barrier.wait()
        for _ in range(5):
            with changing_rules(engine) as session:
                seen = session.scalars(select(PolicyRevision.revision)).one()
                session.execute(text("UPDATE policy_revision SET revision = :next"), {"next": seen + 1})

    before = _revision(engine)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count_up, range(4)))
    # Each of the twenty counted up once by hand and once by `changing_rules`; a lost one would show.
    assert _revision(engine) == before + 40


def test_a_writer_gives_up_with_an_error_when_the_lock_stays(
    engine: Engine, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("addon.store.engine._BUSY_TIMEOUT_MS", 1)
    with locked(database), pytest.raises(StoreBusyError, match="Nothing was changed"), changing_rules(engine):
        pass
    assert _revision(engine) == 1


def test_another_failure_of_the_database_is_not_called_busy(engine: Engine) -> None:
    with pytest.raises(OperationalError, match="no such table"), changing_rules(engine) as session:
        session.execute(text("DELETE FROM no_such"))


def test_the_revision_moves_with_every_commit(engine: Engine) -> None:
    seen = [_revision(engine)]
    for _ in range(2):
        with changing_rules(engine):
            pass
        seen.append(_revision(engine))
    assert seen == [1, 2, 3]


def test_neither_change_nor_revision_outlives_a_rollback(engine: Engine) -> None:
    before = make_user(engine)

    def fail_halfway() -> None:
        with changing_rules(engine) as session:
            session.add(User(name="b", name_key="b", password_hash=b"", is_admin=True, created_at=NOW))
            session.flush()
            raise LookupError

    revision = _revision(engine)
    with pytest.raises(LookupError):
        fail_halfway()
    with reading(engine) as session:
        assert [user.name for user in session.scalars(select(User))] == [before.name]
    assert _revision(engine) == revision


def test_rows_stay_usable_after_their_session(engine: Engine) -> None:
    user = make_user(engine, "ann")
    with reading(engine) as session:
        found = session.get_one(User, user.id)
    assert (user.name, found.name) == ("ann", "ann")


def test_reading_sees_one_instant(engine: Engine) -> None:
    with reading(engine) as session:
        before = _users(session)
        make_user(engine)
        assert _users(session) == before


async def test_the_gate_never_creates_a_database(async_engine: AsyncEngine, database: Path) -> None:
    move(database, "away.db")
    with pytest.raises(OperationalError, match="unable to open"):
        await async_engine.connect()
    assert not exists(database)


async def test_the_gate_opens_a_database_whatever_its_name(database: Path) -> None:
    odd = move(database, "100% of us #1.db")
    async with make_async_engine(f"sqlite:///{odd}").connect() as connection:
        assert (await connection.scalars(select(PolicyRevision.revision))).one() == 1


def _users(session: Session) -> int:
    return len(session.scalars(select(User)).all())
