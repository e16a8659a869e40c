"""A copy in the place of the database, while nothing runs on it.

Promise: the copy is looked at before anything is touched, and what was there is kept. A kill at any moment leaves
either the old database or the new one.
"""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from addon.store.copies import Copies
from addon.store.engine import make_engine
from addon.store.errors import SchemaError, StoreError
from addon.store.schema import check_schema


def restore(database_url: str, data_dir: Path, copy: Path, now: float) -> Path | None:
    """Put the copy in the database's place; returns where the one that was there is kept, if there was one.

    The caller holds the data directory's lock (`alone`). Raises StoreError, and nothing has changed then.
    """
    database = Path(make_engine(database_url).url.database or "")
    fresh = database.with_name(f"{database.name}.restored")
    try:
        _copy(copy, fresh)
        _check(fresh, copy)
        kept = _keep(database_url, database, data_dir, now) if database.is_file() else None
        _take_the_place_of(database, fresh)
    except OSError as error:
        raise StoreError(f"{copy} could not be restored ({error.strerror or error}): {error.filename}.") from error
    finally:
        fresh.unlink(missing_ok=True)
    return kept


def _copy(source: Path, target: Path) -> None:
    with source.open("rb") as read, open(target, "wb", opener=_private) as written:
        shutil.copyfileobj(read, written)
        written.flush()
        os.fsync(written.fileno())


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _check(fresh: Path, copy: Path) -> None:
    try:
        with closing(sqlite3.connect(fresh)) as connection:
            (found,) = connection.execute("PRAGMA quick_check").fetchone()
            (is_ours,) = connection.execute(
                "SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'"
            ).fetchone()
        if found != "ok" or not is_ours:
            raise StoreError(f"{copy} is not a sound copy of a Sluice database. Name another one.")
        check_schema(make_engine(f"sqlite:///{fresh.absolute()}"))
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{copy} is not a copy of a Sluice database ({error}). Name another one.") from error
    except SchemaError as error:
        raise StoreError(f"{copy} belongs to a newer Sluice. Update Sluice, or name another one.") from error


def _keep(database_url: str, database: Path, data_dir: Path, now: float) -> Path:
    try:
        return Copies(database_url, data_dir).before("restore", now)
    except StoreError:
        # Perhaps it is restored because what is there cannot be read any longer; it is kept as it is.
        broken = database.with_name(f"{database.name}.broken-{int(now)}")
        _copy(database, broken)
        return broken


def _take_the_place_of(database: Path, fresh: Path) -> None:
    _settle(database)
    # What was not yet written back belongs to the old file; in the new one it would be damage.
    for leftover in ("-wal", "-shm"):
        database.with_name(database.name + leftover).unlink(missing_ok=True)
    fresh.replace(database)
    folder = os.open(database.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _settle(database: Path) -> None:
    if not database.is_file():
        return
    try:
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    except sqlite3.DatabaseError:
        return  # it is broken, and has been kept as it is
