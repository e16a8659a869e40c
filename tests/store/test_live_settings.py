"""What administrators changed while the gate ran is there after a restart."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from addon.store.engine import AsyncEngine, reading
from addon.store.errors import StoreError
from addon.store.live_settings import LiveSettings
from addon.store.models import LiveSetting
from tests.store.samples import NOW, exists, move, run_sql


async def test_a_value_is_kept_with_who_and_when_and_the_latest_counts(
    engine: Engine, async_engine: AsyncEngine
) -> None:
    await LiveSettings(async_engine).keep("upstream.slots", 2, "owner", NOW)
    await LiveSettings(async_engine).keep("upstream.slots", 3, "key:1", NOW + 1)
    await LiveSettings(async_engine).keep("queue.aging_per_minute", 0.5, "owner", NOW)
    assert await LiveSettings(async_engine).load() == {"upstream.slots": 3, "queue.aging_per_minute": 0.5}
    with reading(engine) as session:
        row = session.scalars(select(LiveSetting).where(LiveSetting.key == "upstream.slots")).one()
        assert (row.changed_by, row.changed_at) == ("key:1", NOW + 1)


async def test_a_value_that_is_no_json_is_a_sentence(database: Path, async_engine: AsyncEngine) -> None:
    run_sql(database, "INSERT INTO live_setting VALUES ('upstream.slots', 'junk', 1.0, 'x')")
    with pytest.raises(StoreError, match="cannot be read"):
        await LiveSettings(async_engine).load()


async def test_a_database_that_is_gone_is_a_sentence_and_nothing_is_kept(
    database: Path, async_engine: AsyncEngine
) -> None:
    move(database, "moved.db")
    with pytest.raises(StoreError, match="was not made"):
        await LiveSettings(async_engine).keep("upstream.slots", 2, "owner", NOW)
    with pytest.raises(StoreError):
        await LiveSettings(async_engine).load()
    assert not exists(database)
