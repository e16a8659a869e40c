"""A migrated database in a file of its own, for every test that asks for one."""

import asyncio
import shutil
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.ext.asyncio import AsyncEngine

from addon.store.engine import make_async_engine, make_engine
from addon.store.schema import ensure_schema


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrating takes a hundred times longer than copying the outcome."""
    directory = tmp_path_factory.mktemp("migrated")
    path = directory / "sluice.db"
    ensure_schema(make_engine(f"sqlite:///{path}"), directory)
    return path


@pytest.fixture
def database(migrated: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(migrated, tmp_path / "sluice.db"))


@pytest.fixture
def engine(database: Path) -> Engine:
    return make_engine(f"sqlite:///{database}")


@pytest.fixture
def pen(database: Path) -> Engine:
    """The gate's, which opens the database and never makes it."""
    return make_engine(f"sqlite:///{database}", opens_only=True)


@pytest.fixture
async def async_engine(database: Path) -> AsyncIterator[AsyncEngine]:
    engine = make_async_engine(f"sqlite:///{database}")
    yield engine
    await engine.dispose()
    # aiosqlite does not wait for the thread of a connection that failed, but that thread needs the loop.
    for thread in threading.enumerate():
        if "_connection_worker_thread" in thread.name:
            await asyncio.to_thread(thread.join)
