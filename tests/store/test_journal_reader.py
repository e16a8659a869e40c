"""What the gate asks its own journal."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from addon.store.engine import AsyncEngine
from addon.store.errors import StoreError
from addon.store.journal import Totals, write
from addon.store.journal_reader import JournalReader
from tests.changing import changing_rules
from tests.store.samples import NOW, finished, move


async def test_the_totals_are_those_of_one_principal_since_then(engine: Engine, async_engine: AsyncEngine) -> None:
    rows = [
        finished(principal_id="key:1", prompt_tokens=1, completion_tokens=2),
        finished(principal_id="key:1", prompt_tokens=10, completion_tokens=20),
        finished(principal_id="key:1", prompt_tokens=7, completion_tokens=7, arrived_at=NOW - 100),
        finished(principal_id="key:2", prompt_tokens=100, completion_tokens=200),
    ]
    with changing_rules(engine) as session:
        write(session, rows, [])
    assert await JournalReader(async_engine).totals(NOW, "key:1") == Totals(2, 11, 22)
    assert await JournalReader(async_engine).totals(NOW, "key:3") == Totals(0, 0, 0)


async def test_a_database_that_is_gone_is_a_sentence(database: Path, async_engine: AsyncEngine) -> None:
    reader = JournalReader(async_engine)
    assert await reader.is_readable()
    move(database, "moved.db")
    assert not await reader.is_readable()
    with pytest.raises(StoreError, match="cannot be read"):
        await reader.totals(NOW, "key:1")
