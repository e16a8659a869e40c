"""The gate's pen: batches, failures, and what is kept through them."""

import asyncio
import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from blockbuster import blockbuster_ctx
from sqlalchemy import Engine, event

from addon.store.engine import reading
from addon.store.journal import Used, last_finished, last_uses
from addon.store.journal_writer import JournalWriter
from tests.store.samples import NOW, exists, finished, locked, move, run_sql


@pytest.fixture
def writer(pen: Engine) -> JournalWriter:
    return JournalWriter(pen)


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("addon.store.engine._BUSY_TIMEOUT_MS", 1)


def _add(writer: JournalWriter, *tickets: str) -> None:
    for ticket in tickets:
        writer.add(finished(ticket=ticket))


def _tickets(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return [row.ticket for row in reversed(last_finished(session))]


def _last_used_at(engine: Engine) -> dict[str, float]:
    with reading(engine) as session:
        return {who: row.used_at for who, row in last_uses(session).items()}


async def test_what_has_gathered_is_written_in_order(writer: JournalWriter, engine: Engine) -> None:
    _add(writer, "a", "b", "c")
    writer.use(Used("key:1", NOW, "10.0.0.1"))
    assert _tickets(engine) == []
    assert await writer.flush()
    assert _tickets(engine) == ["a", "b", "c"]
    assert _last_used_at(engine) == {"key:1": NOW}


async def test_a_batch_is_one_transaction(writer: JournalWriter, pen: Engine, engine: Engine) -> None:
    commits: list[object] = []
    event.listen(pen, "commit", commits.append)
    _add(writer, *"abcdefgh")
    writer.use(Used("key:1", NOW, None))
    await writer.flush()
    assert (len(_tickets(engine)), len(commits)) == (8, 1)


async def test_nothing_is_written_twice(writer: JournalWriter, engine: Engine) -> None:
    _add(writer, "a")
    assert [await writer.flush(), await writer.flush()] == [True, True]
    assert _tickets(engine) == ["a"]


async def test_with_nothing_to_write_the_database_is_left_alone(writer: JournalWriter, database: Path) -> None:
    move(database, "away.db")
    assert await writer.flush()


async def test_only_the_latest_use_is_written(writer: JournalWriter, engine: Engine) -> None:
    for seconds in range(3):
        writer.use(Used("key:1", NOW + seconds, None))
    await writer.flush()
    assert _last_used_at(engine) == {"key:1": NOW + 2}


@pytest.mark.usefixtures("_impatient")
async def test_a_locked_database_costs_no_row(
    writer: JournalWriter, engine: Engine, database: Path, caplog: pytest.LogCaptureFixture
) -> None:
    _add(writer, "a")
    writer.use(Used("key:1", NOW, None))
    writer.use(Used("key:2", NOW, None))
    with locked(database):
        assert not await writer.flush()
    assert "the journal could not be written and is kept in memory" in caplog.text
    _add(writer, "b")
    writer.use(Used("key:1", NOW + 1, None))
    assert await writer.flush()
    assert _tickets(engine) == ["a", "b"]
    assert _last_used_at(engine) == {"key:1": NOW + 1, "key:2": NOW}


async def test_a_database_that_was_moved_away_costs_no_row_and_is_not_made_anew(
    writer: JournalWriter, engine: Engine, database: Path
) -> None:
    away = move(database, "away.db")
    _add(writer, "a")
    assert not await writer.flush()
    assert not exists(database)
    move(away, database.name)
    assert await writer.flush()
    assert _tickets(engine) == ["a"]


async def test_half_a_batch_is_never_written(writer: JournalWriter, engine: Engine, database: Path) -> None:
    run_sql(database, "ALTER TABLE last_use RENAME TO hidden")
    _add(writer, "a")
    writer.use(Used("key:1", NOW, None))
    assert not await writer.flush()
    assert _tickets(engine) == []
    run_sql(database, "ALTER TABLE hidden RENAME TO last_use")
    assert await writer.flush()
    assert _tickets(engine) == ["a"]


@pytest.mark.parametrize("fields", [{"path": "/\udcff"}, {"prompt_tokens": 2**70}, {"state": None}])
async def test_a_row_that_cannot_be_stored_is_reported_and_never_raises(
    writer: JournalWriter, caplog: pytest.LogCaptureFixture, fields: dict[str, object]
) -> None:
    writer.add(finished(**fields))
    assert not await writer.flush()
    assert "the journal could not be written" in caplog.text


async def test_beyond_the_bound_the_oldest_rows_go_and_the_log_counts_them(
    writer: JournalWriter,
    engine: Engine,
    database: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("addon.store.journal_writer._MOST_KEPT", 3)
    away = move(database, "away.db")
    _add(writer, *"abcde")
    assert not await writer.flush()
    errors = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert errors == ["the journal is away for too long: 2 rows are lost"]
    move(away, database.name)
    await writer.flush()
    assert _tickets(engine) == ["c", "d", "e"]


async def test_two_flushes_at_once_write_every_row_once(writer: JournalWriter, engine: Engine) -> None:
    _add(writer, *"abc")
    assert all(await asyncio.gather(writer.flush(), writer.flush()))
    assert _tickets(engine) == ["a", "b", "c"]


async def test_a_flush_that_is_cancelled_loses_nothing(
    writer: JournalWriter, engine: Engine, database: Path
) -> None:
    _add(writer, "a")
    with locked(database):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await writer.flush()
        _add(writer, "b")
    assert await writer.flush()
    assert _tickets(engine) == ["a", "b"]


async def test_rows_can_be_added_while_a_batch_is_written(writer: JournalWriter, engine: Engine) -> None:
    _add(writer, "a")
    flushing = asyncio.gather(writer.flush())
    await asyncio.sleep(0)
    _add(writer, "b")
    await flushing
    await writer.flush()
    assert _tickets(engine) == ["a", "b"]


async def test_what_is_being_written_still_counts_as_unwritten(writer: JournalWriter, database: Path) -> None:
    _add(writer, "a", "b")
    ended_at = finished().admitted_at + finished().ran_s
    with locked(database):
        flushing = asyncio.gather(writer.flush())
        for _ in range(3):  # until it has taken the rows and waits for the lock
            await asyncio.sleep(0)
        _add(writer, "c")
        assert writer.unwritten_rows == 3
        assert writer.lag_s(ended_at + 7) == pytest.approx(7)
    await flushing
    assert writer.unwritten_rows == 1
    await writer.flush()
    assert writer.lag_s(ended_at + 7) == 0.0


async def test_no_failure_whatever_loses_a_row(
    writer: JournalWriter, engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("can't start new thread")

    _add(writer, "a")
    with monkeypatch.context() as patched:
        patched.setattr(asyncio, "to_thread", fail)
        assert not await writer.flush()
    assert "can't start new thread" in caplog.text
    assert await writer.flush()
    assert _tickets(engine) == ["a"]


async def test_flushing_never_blocks_the_event_loop(writer: JournalWriter, database: Path) -> None:
    _add(writer, "a")
    writer.use(Used("key:1", NOW, None))
    with blockbuster_ctx():
        assert await writer.flush()
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT count(*) FROM journal").fetchone() == (1,)
