"""What goes on beside the requests: the journal reaches the disk, and everything stops cleanly."""

import asyncio
import sqlite3
import time
from pathlib import Path

import pytest
from sqlalchemy import update

from addon.proxy import housekeeping
from addon.store.engine import make_engine, reading, writing
from addon.store.journal import last_finished, last_uses
from addon.store.models import JournalRow
from tests.proxy.houses import House, house_with_fake, until


def test_no_more_than_a_second_of_the_journal_can_be_lost() -> None:
    assert housekeeping.FLUSH_PERIOD_S <= 1


async def test_the_journal_is_written_without_being_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(housekeeping, "FLUSH_PERIOD_S", 0.01)
    async with house_with_fake(tmp_path / "data") as house:
        await house.chat(await house.key())
        await until(lambda: _states(house) == ["done"])


def _states(house: House) -> list[str]:
    with reading(house.engine) as session:
        return [row.state for row in last_finished(session)]


async def test_records_that_cannot_be_written_keep_no_others_from_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(housekeeping, "FLUSH_PERIOD_S", 0.01)

    async def fail() -> bool:
        raise RuntimeError("not foreseen")

    async with house_with_fake(tmp_path / "data") as house:
        monkeypatch.setattr(house.assembly.audit, "flush", fail)
        await house.chat(await house.key())
        log = house.settings.data_dir / "access.log"
        await until(lambda: _states(house) == ["done"] and log.exists())
        assert "not foreseen" in caplog.text


async def test_stopping_writes_what_is_left(tmp_path: Path) -> None:
    async with house_with_fake(tmp_path / "data") as house:
        await house.chat(await house.key())
        assert _states(house) == []
    with reading(make_engine(house.settings.database.url)) as session:
        assert [row.state for row in last_finished(session)] == ["done"]
        assert list(last_uses(session)) == ["key:1"]


async def test_a_locked_database_delays_the_journal_and_not_the_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("addon.store.engine._BUSY_TIMEOUT_MS", 1)
    async with house_with_fake(tmp_path / "data") as house:
        key = await house.key()
        lock = sqlite3.connect(house.settings.data_dir / "sluice.db", isolation_level=None)
        lock.execute("begin immediate")
        assert (await house.chat(key)).status_code == 200
        assert not await house.assembly.journal.flush()
        lock.execute("rollback")
        lock.close()
        assert [row.state for row in await house.journal()] == ["done"]


async def test_the_database_is_copied_once_a_day_and_a_failure_is_only_logged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(housekeeping, "COPY_PERIOD_S", 0.01)
    async with house_with_fake(tmp_path / "data") as house:
        folder = house.settings.data_dir / "backups"
        await until(lambda: len(list(folder.glob("sluice-*.db"))) == 1)
        (copy,) = folder.iterdir()
        copy.unlink()
        folder.rmdir()
        folder.write_text("not a folder")
        await until(lambda: "no daily copy was made" in caplog.text)
        assert (await house.chat(await house.key())).status_code == 200


async def test_what_is_too_old_goes_soon_after_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(housekeeping, "FORGET_AFTER_S", 0.01)
    async with house_with_fake(tmp_path / "data") as house:
        key = await house.key()
        await house.chat(key)
        await house.chat(key)
    with writing(make_engine(house.settings.database.url)) as session:
        for row_id, days in ((1, 100), (2, 2)):
            aged = update(JournalRow).where(JournalRow.id == row_id)
            session.execute(aged.values(arrived_at=time.time() - days * 24 * 3600))
    async with house_with_fake(tmp_path / "data") as house:
        await until(lambda: _states(house) == ["done"])


async def test_a_clock_that_seems_to_have_leapt_deletes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with house_with_fake(tmp_path / "data") as house:
        key = await house.key()
        await house.chat(key)
    with writing(make_engine(house.settings.database.url)) as session:
        session.execute(update(JournalRow).values(arrived_at=time.time() - 400 * 24 * 3600))
    # The first start under the wrong clock, in which somebody asks something, and another one.
    async with house_with_fake(tmp_path / "data") as house:
        await house.chat(key)
    monkeypatch.setattr(housekeeping, "FORGET_AFTER_S", 0.01)
    async with house_with_fake(tmp_path / "data") as house:
        await until(lambda: "The clock has leapt forward." in caplog.text)
        assert _states(house) == ["done", "done"]


async def test_nothing_is_left_running_after_a_stop(tmp_path: Path) -> None:
    async with house_with_fake(tmp_path / "data") as house:
        await house.chat(await house.key())
    names = {task.get_name() for task in asyncio.all_tasks()}
    assert not names & {"follow the rules", "write the journal", "test gate"}
    assert house.assembly.rules.policy is None
