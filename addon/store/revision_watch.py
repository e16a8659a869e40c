"""The revision of the rules, asked of the file itself: some 25 microseconds while nobody commits.

`PRAGMA data_version` moves when another connection has committed; only then the revision is read. A connection of
its own, of the driver alone: through an async engine the same question took 1.4 ms (measured), twice a second.
"""

import sqlite3
from pathlib import Path
from threading import Lock

_BUSY_S = 5.0

type Seen = tuple[tuple[int, int], int]
"""Which file (device and inode), and the revision of the rules in it."""


class RevisionWatch:
    """Looks at one database file. Its methods block: call them in a thread; any will do, and several."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None
        self._data_version: int | None = None
        self._revision = 0
        self._lock = Lock()

    def look(self) -> Seen:
        """The present file and its revision; equal while no rule has changed.

        SQLite would go on reading a deleted or replaced file for as long as it is held open, so the file is
        looked at as well. Raises OSError or sqlite3.Error when there is nothing to be seen; the next call starts
        afresh.
        """
        with self._lock:
            try:
                return self._look()
            except BaseException:
                self._disconnect()
                raise

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._disconnect()

    def _look(self) -> Seen:
        file, connection = self._opened()
        version = _number(connection, "PRAGMA data_version")
        if version != self._data_version:
            self._revision = _number(connection, "SELECT revision FROM policy_revision")
            self._data_version = version
        return file, self._revision

    def _opened(self) -> tuple[tuple[int, int], sqlite3.Connection]:
        stat = self._path.stat()
        file = stat.st_dev, stat.st_ino
        if file != self._file:
            self._disconnect()
        if self._connection is None:
            # Opened and never created: a database that went away must look gone, not empty.
            uri = f"{self._path.absolute().as_uri()}?mode=rw"
            self._connection = sqlite3.connect(
                uri, uri=True, timeout=_BUSY_S, autocommit=True, check_same_thread=False
            )
            self._connection.execute("PRAGMA query_only = ON")
            self._file = file
        return file, self._connection

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        self._file = self._data_version = None
        if connection is not None:
            connection.close()


def _number(connection: sqlite3.Connection, question: str) -> int:
    rows = connection.execute(question).fetchall()
    if not rows:
        raise sqlite3.DataError(f"no answer to {question}")
    return int(rows[0][0])
