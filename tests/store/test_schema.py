"""Bringing a database to the present schema: once, wholly, or not at all."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Barrier

import pytest
from alembic import command
from sqlalchemy import Engine, inspect

from addon.store import schema
from addon.store.engine import make_engine
from addon.store.errors import SchemaError
from addon.store.models import Base
from addon.store.schema import alembic_config, check_schema, ensure_schema
from tests.store.processes import race, run
from tests.store.samples import HEAD, run_sql

_TABLES = set(Base.metadata.tables) | {"alembic_version"}
_NEXT = f"""
import os
from alembic import op
revision, down_revision, branch_labels, depends_on = "next", "{HEAD}", None, None
def upgrade():
    op.execute("CREATE TABLE half_done (id INTEGER)")
    op.execute("UPDATE policy_revision SET revision = 99")
"""
_NOBODY = 65534


def _tables(engine: Engine) -> set[str]:
    names = inspect(engine).get_table_names()
    return {name for name in names if not name.startswith("message_text")}  # the index has tables of its own


def _content(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        # Alembic copies a table's constraints in no particular order.
        return ["\n".join(sorted(line.rstrip(", ") for line in one.splitlines())) for one in connection.iterdump()]


def _fresh(directory: Path) -> Engine:
    return make_engine(f"sqlite:///{directory}/sluice.db")


def _add_migration(directory: Path, last_line: str) -> Path:
    migrations = directory / "migrations"
    shutil.copytree(schema._MIGRATIONS, migrations)  # pyright: ignore[reportPrivateUsage]
    (migrations / "versions/0002_next.py").write_text(f"{_NEXT}    {last_line}\n")
    return migrations


@contextmanager
def _an_ordinary_user() -> Generator[None]:
    """Root may write anywhere, so it must step down to see what others see."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(_NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def test_an_empty_directory_gets_a_whole_database(tmp_path: Path) -> None:
    engine = _fresh(tmp_path)
    ensure_schema(engine, tmp_path)
    assert _tables(engine) == _TABLES


def test_the_database_and_its_lock_are_private(tmp_path: Path) -> None:
    ensure_schema(_fresh(tmp_path), tmp_path)
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert modes == {"sluice.db": 0o600, "schema.lock": 0o600}


def test_a_second_time_changes_nothing(tmp_path: Path) -> None:
    engine = _fresh(tmp_path)
    ensure_schema(engine, tmp_path)
    run_sql(tmp_path / "sluice.db", "UPDATE policy_revision SET revision = 7")
    before = _content(tmp_path / "sluice.db")
    ensure_schema(engine, tmp_path)
    assert _content(tmp_path / "sluice.db") == before


def test_a_database_in_memory_is_migrated_as_well(tmp_path: Path) -> None:
    ensure_schema(make_engine("sqlite://"), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["schema.lock"]


def test_four_threads_at_once_make_one_database(tmp_path: Path) -> None:
    barrier = Barrier(4)

    def start(_: int) -> None:
        barrier.wait()
        ensure_schema(_fresh(tmp_path), tmp_path)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(start, range(4)))
    assert _tables(_fresh(tmp_path)) == _TABLES


def test_four_processes_at_once_make_one_database(tmp_path: Path) -> None:
    imports = (
        "import pathlib\nfrom addon.store.engine import make_engine\nfrom addon.store.schema import ensure_schema"
    )
    body = (
        f"ensure_schema(make_engine('sqlite:///{tmp_path}/sluice.db'), pathlib.Path('{tmp_path}'))\nprint('done')"
    )
    assert race(imports, body, 4) == ["done"] * 4
    assert _tables(_fresh(tmp_path)) == _TABLES


def test_a_newer_database_is_refused_and_left_alone(engine: Engine, database: Path) -> None:
    run_sql(database, "UPDATE alembic_version SET version_num = '9999'")
    before = _content(database)
    with pytest.raises(SchemaError) as caught:
        ensure_schema(engine, database.parent)
    assert (
        str(caught.value) == f"{database}: this database belongs to a newer Sluice (schema 9999). Update Sluice."
    )
    assert _content(database) == before


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "sluice.db"
    path.write_bytes(b"not a database at all " * 500)
    with pytest.raises(SchemaError) as caught:
        ensure_schema(_fresh(tmp_path), tmp_path)
    assert str(caught.value) == (
        f"{path}: the database cannot be opened (file is not a database). Restore a backup, or name another file."
    )
    assert path.read_bytes() == b"not a database at all " * 500


def test_a_damaged_database_is_refused(engine: Engine, database: Path) -> None:
    with database.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 4000)
    with pytest.raises(SchemaError, match="malformed"):
        ensure_schema(engine, database.parent)


def test_a_directory_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match=r"gone/sluice.db: .* No such file or directory: .*gone/schema.lock"):
        ensure_schema(_fresh(tmp_path / "gone"), tmp_path / "gone")


def test_a_directory_that_may_not_be_written_is_named() -> None:
    # Not in tmp_path, which is closed to the ordinary user altogether.
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        directory.chmod(0o555)
        with _an_ordinary_user(), pytest.raises(SchemaError, match=f"{name}/sluice.db: .* Permission denied"):
            ensure_schema(_fresh(directory), directory)
        directory.chmod(0o755)


def test_a_migration_that_fails_has_not_happened(
    engine: Engine, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrations = _add_migration(tmp_path, "op.execute('SELECT * FROM nowhere')")
    monkeypatch.setattr(schema, "_MIGRATIONS", migrations)
    before = _content(database)
    with pytest.raises(SchemaError, match="no such table: nowhere"):
        ensure_schema(engine, tmp_path)
    assert _content(database) == before


def test_a_first_start_that_fails_leaves_no_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    migrations = _add_migration(tmp_path, "op.execute('SELECT * FROM nowhere')")
    monkeypatch.setattr(schema, "_MIGRATIONS", migrations)
    with pytest.raises(SchemaError, match="no such table: nowhere"):
        ensure_schema(_fresh(tmp_path), tmp_path)
    monkeypatch.undo()
    assert _tables(_fresh(tmp_path)) == set()
    ensure_schema(_fresh(tmp_path), tmp_path)
    assert _tables(_fresh(tmp_path)) == _TABLES


def test_a_process_killed_in_a_migration_leaves_nothing_behind(
    engine: Engine, database: Path, tmp_path: Path
) -> None:
    migrations = _add_migration(tmp_path, "os._exit(9)")
    before = _content(database)
    script = f"""
import pathlib
from addon.store import engine, schema
schema._MIGRATIONS = pathlib.Path({str(migrations)!r})
schema.ensure_schema(engine.make_engine("sqlite:///{database}"), pathlib.Path({str(tmp_path)!r}))
"""
    assert run(script) == 9
    ensure_schema(engine, tmp_path)
    assert _content(database) == before


def test_before_a_migration_the_database_is_copied(
    engine: Engine, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _content(database)
    monkeypatch.setattr(schema, "_MIGRATIONS", _add_migration(tmp_path, "pass"))
    ensure_schema(engine, tmp_path)
    (copy,) = (tmp_path / "backups").glob(f"before-schema-{HEAD}-*.db")
    assert sorted(_content(copy)) == sorted(before)
    assert _content(database) != before


def test_without_a_copy_nothing_is_migrated(
    engine: Engine, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _content(database)
    (tmp_path / "backups").write_text("not a folder")
    monkeypatch.setattr(schema, "_MIGRATIONS", _add_migration(tmp_path, "pass"))
    with pytest.raises(SchemaError, match=r"not migrated without a copy.*backups"):
        ensure_schema(engine, tmp_path)
    assert _content(database) == before


def test_a_database_that_is_new_or_of_the_present_schema_is_not_copied(
    engine: Engine, database: Path, tmp_path: Path
) -> None:
    ensure_schema(engine, database.parent)
    (tmp_path / "new").mkdir()
    ensure_schema(_fresh(tmp_path / "new"), tmp_path / "new")
    assert list(tmp_path.rglob("backups")) == []


def test_going_down_and_up_again_ends_where_it_began(engine: Engine, database: Path) -> None:
    before = _content(database)
    command.downgrade(alembic_config(engine), "base")
    assert _tables(engine) == {"alembic_version"}
    ensure_schema(engine, database.parent)
    assert _content(database) == before


def test_checking_finds_no_fault_with_a_present_or_an_older_database(engine: Engine, database: Path) -> None:
    check_schema(engine)
    command.downgrade(alembic_config(engine), "base")
    before = _content(database)
    check_schema(engine)
    assert _content(database) == before


def test_checking_tells_what_a_start_would_refuse(engine: Engine, database: Path) -> None:
    run_sql(database, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaError, match="belongs to a newer Sluice"):
        check_schema(engine)
    database.write_bytes(b"not a database at all " * 500)
    with pytest.raises(SchemaError, match="file is not a database"):
        check_schema(engine)
