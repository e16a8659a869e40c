"""Plain values and rows for tests that care about one of their fields."""

import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from addon.store.engine import make_engine
from addon.store.invites import NewInvite, add_invite
from addon.store.journal import Finished
from addon.store.models import User
from addon.store.schema import alembic_config
from addon.store.users import register
from tests.changing import changing_rules

NOW = 1_800_000_000.0
SECRET = bytes(range(32))
HEAD = ScriptDirectory.from_config(alembic_config(make_engine("sqlite://"))).get_current_head()
"""The newest migration."""

_FINISHED = Finished(
    ticket="8f14e45f-ceea-467f-a0e6-1b2c3d4e5f60",
    principal_id="key:1",
    principal="Build server",
    principal_class="custom_app",
    base=2,
    model="gemma3:latest",
    path="/api/chat",
    upstream="default",
    arrived_at=NOW,
    waited_s=1.5,
    first_byte_s=0.25,
    ran_s=3.75,
    prompt_tokens=11,
    completion_tokens=22,
    is_estimated=False,
    status=200,
    state="done",
    ended_by="upstream",
)


def finished(**fields: Any) -> Finished:
    return replace(_FINISHED, **fields)


def make_invite(engine: Engine, *, is_admin: bool = False, uses: int = 1, lifetime_s: float = 3600) -> str:
    with changing_rules(engine) as session:
        return add_invite(session, NewInvite(uses, lifetime_s, is_admin), NOW)[1]


def make_user(engine: Engine, name: str = "ann", *, is_admin: bool = False) -> User:
    token = make_invite(engine, is_admin=is_admin)
    with changing_rules(engine) as session:
        return register(session, name, b"hash", token, NOW)


def run_sql(path: Path, *statements: str) -> None:
    """Change a database behind the store's back, through a connection of its own."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def move(path: Path, name: str) -> Path:
    return path.rename(path.with_name(name))


def delete(path: Path) -> None:
    path.unlink()


def overwrite(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def exists(path: Path) -> bool:
    return path.exists()


@contextmanager
def locked(path: Path) -> Generator[None]:
    """Hold the write lock."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
