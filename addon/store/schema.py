"""Bringing a database to the present schema, once, whoever starts first.

Promise: several processes may start together; one migrates while the others wait for its lock. A database from
a newer Sluice is refused with a sentence instead of being damaged. One that is migrated is copied first, and the
migration is one transaction: it has happened or it has not.
"""

import fcntl
import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError

from addon.store.copies import Copies
from addon.store.errors import SchemaError, StoreError

__all__ = ["SchemaError", "alembic_config", "check_schema", "ensure_schema"]

_MIGRATIONS = Path(__file__).parent / "migrations"


def ensure_schema(engine: Engine, data_dir: Path) -> None:
    """Create or migrate the tables. Raises SchemaError with one sentence when that is impossible."""
    path = engine.url.database
    with _opening(engine):
        with _exclusively(data_dir / "schema.lock"):
            _migrate(engine, data_dir)
        if path:
            Path(path).chmod(0o600)


def check_schema(engine: Engine) -> None:
    """Raise SchemaError where `ensure_schema` would, but leave an existing database's tables as they are."""
    with _opening(engine):
        _is_current(engine)


def alembic_config(engine: Engine) -> Config:
    """Alembic's configuration for this engine, without any file."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["engine"] = engine
    return config


@contextmanager
def _opening(engine: Engine) -> Generator[None]:
    try:
        yield
    except (DatabaseError, OSError) as error:
        reason = getattr(error, "orig", None) or error
        raise SchemaError(
            f"{engine.url.database}: the database cannot be opened ({reason}). "
            "Restore a backup, or name another file."
        ) from error


def _migrate(engine: Engine, data_dir: Path) -> None:
    if _is_current(engine):
        return
    if (present := _present(engine)) is not None:
        _copy_first(engine, data_dir, present)
    command.upgrade(alembic_config(engine), "head")


def _copy_first(engine: Engine, data_dir: Path, present: str) -> None:
    try:
        Copies(engine.url.render_as_string(), data_dir).before(f"schema-{present}", time.time())
    except StoreError as error:
        raise SchemaError(f"The database is not migrated without a copy. {error}") from error


def _present(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _is_current(engine: Engine) -> bool:
    scripts = ScriptDirectory.from_config(alembic_config(engine))
    present = _present(engine)
    if present is not None and present not in {script.revision for script in scripts.walk_revisions()}:
        raise SchemaError(
            f"{engine.url.database}: this database belongs to a newer Sluice (schema {present}). Update Sluice."
        )
    return present == scripts.get_current_head()


@contextmanager
def _exclusively(lock_file: Path) -> Generator[None]:
    descriptor = os.open(lock_file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
