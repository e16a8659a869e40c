"""Engines and transactions on the one database.

Promise: every connection runs in WAL mode with foreign keys on and waits up to 5 s for a lock; writing starts with
BEGIN IMMEDIATE, because a deferred transaction that reads and then writes is refused at once under contention,
whatever the timeout says (measured). Rules are committed with synchronous=FULL: losing the last commit at a
power cut could bring a revoked key back.
"""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from addon.store.audit import Actor, record_changes
from addon.store.errors import StoreBusyError
from addon.store.models import PolicyRevision

__all__ = [
    "WRITING",
    "Actor",
    "AsyncEngine",
    "Engine",
    "Session",
    "changing_rules",
    "make_async_engine",
    "make_engine",
    "reading",
    "writing",
]
"""With the types that callers, who may not import SQLAlchemy, need for their annotations."""

_BUSY_TIMEOUT_MS = 5000
WRITING = {"sluice_is_writing": True}
"""Execution options of an engine or connection whose transactions write."""


def make_engine(url: str, *, opens_only: bool = False) -> Engine:
    """The synchronous engine: web app, command line, migrations, and the gate's threads.

    With `opens_only` it opens the file and never creates it: a database that went away must look gone, not empty.
    """
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    _prepare(engine)
    if opens_only:
        _open_only(engine)
    return engine


def make_async_engine(url: str) -> AsyncEngine:
    """The gate's engine: the same database from the event loop, through aiosqlite's threads.

    It opens the file and never creates it, as `make_engine` does with `opens_only`.
    """
    engine = create_async_engine(
        url.replace("sqlite://", "sqlite+aiosqlite://", 1), poolclass=NullPool, hide_parameters=True
    )
    _prepare(engine.sync_engine)
    _open_only(engine.sync_engine)
    return engine


@contextmanager
def reading(engine: Engine) -> Generator[Session]:
    """A session for reading; what it returned stays usable afterwards."""
    with Session(engine, expire_on_commit=False) as session:
        yield session


@contextmanager
def writing(engine: Engine) -> Generator[Session]:
    """A write transaction on what is no rule. Raises StoreBusyError as `changing_rules` does."""
    try:
        with Session(engine.execution_options(**WRITING), expire_on_commit=False) as session, session.begin():
            yield session
    except OperationalError as error:
        if not _is_busy(error):
            raise
        sentence = "Another process is writing to the database. Nothing was changed; try again in a moment."
        raise StoreBusyError(sentence) from error


@contextmanager
def changing_rules(engine: Engine, by: Actor, now: float) -> Generator[Session]:
    """A write transaction on the rules. The gate notices its commit within a second, the audit log has who did it.

    Raises StoreBusyError when another process holds the lock for longer than the 5 s we wait.
    """
    with writing(engine) as session:
        record_changes(session, by, now)
        yield session
        session.execute(update(PolicyRevision).values(revision=PolicyRevision.revision + 1))


def _is_busy(error: OperationalError) -> bool:
    return isinstance(error.orig, sqlite3.Error) and error.orig.sqlite_errorcode == sqlite3.SQLITE_BUSY


def _prepare(engine: Engine) -> None:
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)


def _open_only(engine: Engine) -> None:
    uri = f"{Path(engine.url.database or '').absolute().as_uri()}?mode=rw"

    def name_it(_dialect: object, _record: object, arguments: list[str], options: dict[str, object]) -> None:
        arguments[0], options["uri"] = uri, True

    event.listen(engine, "do_connect", name_it)


def _configure(dbapi_connection: object, _entry: ConnectionPoolEntry) -> None:
    # SQLAlchemy's own BEGIN (below) replaces the driver's, which would open transactions late.
    dbapi_connection.isolation_level = None  # type: ignore[attr-defined]
    cursor = dbapi_connection.cursor()  # type: ignore[attr-defined]
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
    cursor.close()


def _begin(connection: Connection) -> None:
    is_writing = connection.get_execution_options().get("sluice_is_writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")
