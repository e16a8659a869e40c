"""A consistent copy of the database while others read and write it.

Promise: the copy is one committed state (SQLite's VACUUM INTO is one read transaction), complete on disk when the
call returns, readable by its owner alone, and never in the place of a file that was there.
"""

import logging
import os
import sqlite3
from pathlib import Path

from addon.store.engine import make_engine
from addon.store.errors import StoreError

_NOTE = "last-backup"
"""Beside the database: an empty file, as old as the last copy."""
_log = logging.getLogger(__name__)


def back_up(url: str, target: Path) -> int:
    """Copy the database to `target` and return the copy's size in bytes.

    Raises StoreError when there is no database, when `target` exists or cannot be written, and when the copy
    fails; nothing is left at `target` then.
    """
    source = Path(make_engine(url).url.database or "")
    if not source.is_file():
        raise StoreError(f"There is no database at {source}. Name the data directory with --data.")
    _claim(target)
    try:
        _copy(url, target)
    except BaseException:
        target.unlink()
        raise
    _note(source)
    return target.stat().st_size


def last_backup_at(url: str) -> float | None:
    """When the database was last copied (unix seconds); None for never."""
    note = Path(make_engine(url).url.database or "").parent / _NOTE
    try:
        return note.stat().st_mtime
    except FileNotFoundError:
        return None


def _note(source: Path) -> None:
    try:
        (source.parent / _NOTE).touch(mode=0o600)
    except OSError as error:
        _log.warning("The backup is complete, but when it was made could not be noted (%s).", error.strerror)


def _claim(target: Path) -> None:
    # VACUUM INTO accepts an empty file, so this one keeps its mode and nobody else can come in between.
    try:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError as error:
        raise StoreError(f"{target} exists already. Name a new file for the backup.") from error
    except OSError as error:
        raise StoreError(f"{target} cannot be written ({error.strerror}). Name a file that can.") from error


def _copy(url: str, target: Path) -> None:
    try:
        # Not through a transaction of SQLAlchemy's: VACUUM refuses to run inside one.
        connection = make_engine(url).raw_connection()
        try:
            connection.cursor().execute("VACUUM INTO ?", (str(target),))
        finally:
            connection.close()
        _sync(target)
    except (sqlite3.Error, OSError) as error:
        raise StoreError(
            f"The database could not be copied to {target} ({error}). Nothing was written."
        ) from error


def _sync(target: Path) -> None:
    descriptor = os.open(target, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
