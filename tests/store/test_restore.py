"""A copy takes the database's place."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from addon.store.address_rules import NewRule, add_rule, list_rules
from addon.store.backup import back_up
from addon.store.engine import Engine, make_engine, reading
from addon.store.errors import StoreError
from addon.store.restore import restore
from tests.changing import changing_rules
from tests.store.samples import run_sql

NOON = 1_785_585_600.0


def _add(engine: Engine, cidr: str) -> None:
    with changing_rules(engine) as session:
        add_rule(session, NewRule(cidr), 1.0)


def _rules(path: Path) -> list[str]:
    with reading(make_engine(f"sqlite:///{path}")) as session:
        return [rule.cidr for rule in list_rules(session)]


@pytest.fixture
def copy(engine: Engine, database: Path, tmp_path: Path) -> Path:
    """A copy with one rule, of a database that has two by now."""
    _add(engine, "10.0.0.1")
    back_up(f"sqlite:///{database}", tmp_path / "copy.db")
    _add(engine, "10.0.0.2")
    return tmp_path / "copy.db"


def _restore(database: Path, copy: Path) -> Path | None:
    return restore(f"sqlite:///{database}", database.parent, copy, NOON)


def test_the_copy_is_the_database_and_what_was_there_is_kept(database: Path, copy: Path) -> None:
    before = copy.read_bytes()
    kept = _restore(database, copy)
    assert kept is not None
    assert _rules(database) == ["10.0.0.1/32"]
    assert kept == database.parent / "backups" / "before-restore-20260801T120000Z.db"
    assert _rules(kept) == ["10.0.0.1/32", "10.0.0.2/32"]
    assert database.stat().st_mode & 0o777 == 0o600
    assert copy.read_bytes() == before


def test_what_the_old_one_had_not_written_back_does_not_reach_the_new_one(
    database: Path, engine: Engine, copy: Path
) -> None:
    with closing(sqlite3.connect(database)) as still_open:  # as a process that was killed leaves it
        still_open.execute("SELECT 1 FROM address_rule").fetchall()
        _add(engine, "10.0.0.3")
        assert database.with_name("sluice.db-wal").stat().st_size > 0
        _restore(database, copy)
    assert _rules(database) == ["10.0.0.1/32"]


def test_where_no_database_was_the_copy_becomes_one(copy: Path, tmp_path: Path) -> None:
    (tmp_path / "fresh").mkdir()
    assert _restore(tmp_path / "fresh" / "sluice.db", copy) is None
    assert _rules(tmp_path / "fresh" / "sluice.db") == ["10.0.0.1/32"]


def test_a_broken_database_is_replaced_and_kept_as_it_is(database: Path, copy: Path) -> None:
    for leftover in ("sluice.db-wal", "sluice.db-shm"):
        database.with_name(leftover).unlink(missing_ok=True)
    database.write_bytes(b"no database at all " * 500)
    kept = _restore(database, copy)
    assert kept is not None
    assert kept.read_bytes().startswith(b"no database at all")
    assert _rules(database) == ["10.0.0.1/32"]


def _text(path: Path) -> None:
    path.write_bytes(b"a letter to a friend " * 500)


def _others(path: Path) -> None:
    path.unlink()
    run_sql(path, "CREATE TABLE somebody_elses (id INTEGER)")


def _newer(path: Path) -> None:
    run_sql(path, "UPDATE alembic_version SET version_num = '9999'")


def _damaged(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[5000:9000] = b"\xff" * 4000
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (_text, "is not a copy of a Sluice database"),
        (_others, "is not a sound copy of a Sluice database"),
        (_newer, "belongs to a newer Sluice"),
        (_damaged, "a (sound )?copy of a Sluice database"),
        (Path.unlink, "No such file"),
    ],
)
def test_what_is_no_copy_is_refused_and_nothing_changes(
    database: Path, copy: Path, spoil: object, sentence: str
) -> None:
    assert callable(spoil)
    spoil(copy)
    with pytest.raises(StoreError, match=sentence):
        _restore(database, copy)
    assert _rules(database) == ["10.0.0.1/32", "10.0.0.2/32"]
    assert sorted(path.name for path in database.parent.iterdir() if "restored" in path.name) == []
