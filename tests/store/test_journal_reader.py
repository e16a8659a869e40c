"""What the gate asks its own journal."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import Engine

from addon.store import journal_reader
from addon.store.engine import AsyncEngine
from addon.store.errors import StoreError
from addon.store.journal import Totals, write
from addon.store.journal_reader import JournalReader
from addon.store.usage import DayUse
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
    assert await JournalReader(async_engine).totals(NOW, NOW + 9, "key:1") == Totals(2, 11, 22)
    assert await JournalReader(async_engine).totals(NOW, NOW + 9, "key:3") == Totals(0, 0, 0)


async def test_a_database_that_is_gone_is_a_sentence(database: Path, async_engine: AsyncEngine) -> None:
    reader = JournalReader(async_engine)
    assert await reader.is_readable()
    move(database, "moved.db")
    assert not await reader.is_readable()
    with pytest.raises(StoreError, match="cannot be read"):
        await reader.totals(NOW, NOW + 9, "key:1")


async def test_many_who_ask_at_once_wait_for_one_answer(
    engine: Engine, async_engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float] = []

    def count(_session: object, _principals: object, now: float) -> list[DayUse]:
        asked.append(now)
        return []

    monkeypatch.setattr(journal_reader, "usage_by_day", count)
    reader = JournalReader(async_engine)
    await asyncio.gather(*(reader.usage_by_day("key:1", NOW) for _ in range(20)))
    assert len(asked) == 1
    await reader.usage_by_day("key:2", NOW)
    await reader.usage_by_day("key:1", NOW + 60)
    assert len(asked) == 3


async def test_a_question_that_failed_is_asked_again(database: Path, async_engine: AsyncEngine) -> None:
    reader = JournalReader(async_engine)
    moved = move(database, "moved.db")
    with pytest.raises(StoreError):
        await reader.usage_by_day("key:1", NOW)
    move(moved, database.name)
    assert await reader.usage_by_day("key:1", NOW)
