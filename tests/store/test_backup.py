"""The copy of the database."""

import sqlite3
from pathlib import Path
from threading import Event, Thread

import pytest

from addon.store import backup
from addon.store.address_rules import NewRule, add_rule, list_rules
from addon.store.backup import back_up
from addon.store.engine import Engine, make_engine, reading
from addon.store.errors import StoreError
from tests.changing import changing_rules


def test_the_copy_holds_what_was_committed_and_only_that(engine: Engine, database: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    with changing_rules(engine) as session:
        add_rule(session, NewRule("10.0.0.1"), 1.0)
    with changing_rules(engine) as session:
        add_rule(session, NewRule("10.0.0.2"), 1.0)
        size_bytes = back_up(f"sqlite:///{database}", target)
    with reading(make_engine(f"sqlite:///{target}")) as session:
        assert [rule.cidr for rule in list_rules(session)] == ["10.0.0.1/32"]
    assert size_bytes > 4096


def test_the_copy_is_sound_while_another_connection_writes(engine: Engine, database: Path, tmp_path: Path) -> None:
    has_written, is_done = Event(), Event()

    def write() -> None:
        for number in range(10_000):
            with changing_rules(engine) as session:
                add_rule(session, NewRule(f"10.1.{number // 250}.{number % 250}"), 1.0)
            has_written.set()
            if is_done.is_set():
                return

    writer = Thread(target=write)
    writer.start()
    try:
        assert has_written.wait(10)
        back_up(f"sqlite:///{database}", tmp_path / "copy.db")
    finally:
        is_done.set()
        writer.join()
    copy = make_engine(f"sqlite:///{tmp_path / 'copy.db'}")
    with copy.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
    with reading(copy) as session:
        assert len(list_rules(session)) >= 1


def test_the_copy_can_be_read_by_its_owner_alone(database: Path, tmp_path: Path) -> None:
    back_up(f"sqlite:///{database}", tmp_path / "copy.db")
    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o600


def test_a_file_that_exists_is_not_touched(database: Path, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_bytes(b"")
    with pytest.raises(StoreError, match=r"copy\.db exists already"):
        back_up(f"sqlite:///{database}", tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_bytes() == b""


def test_a_directory_that_is_missing_is_named(database: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"cannot be written \(No such file or directory\)"):
        back_up(f"sqlite:///{database}", tmp_path / "no" / "copy.db")


def test_no_database_means_no_copy(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="There is no database at"):
        back_up(f"sqlite:///{tmp_path / 'sluice.db'}", tmp_path / "copy.db")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "sluice.db").write_bytes(b"not a database, but long enough to be taken for one" * 100)
    with pytest.raises(StoreError, match="could not be copied"):
        back_up(f"sqlite:///{tmp_path / 'sluice.db'}", tmp_path / "copy.db")
    assert list(tmp_path.iterdir()) == [tmp_path / "sluice.db"]


@pytest.mark.parametrize(
    "error", [sqlite3.OperationalError("disk is full"), OSError(28, "No space left on device")]
)
def test_a_copy_that_fails_leaves_nothing_behind(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(_target: Path) -> None:
        raise error

    monkeypatch.setattr(backup, "_sync", fail)
    with pytest.raises(StoreError, match="could not be copied"):
        back_up(f"sqlite:///{database}", tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()
