"""The gate's view of the rules: it notices every change, and says so when it can see nothing."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from shutil import copy

import pytest
from blockbuster import blockbuster_ctx
from sqlalchemy import Engine, event
from sqlalchemy.ext.asyncio import AsyncEngine

from addon.core.policy import Policy
from addon.settings import BasePriorities
from addon.store.address_rules import NewRule, add_rule
from addon.store.engine import make_async_engine
from addon.store.journal_writer import JournalWriter
from addon.store.keys import NewKey, add_key
from addon.store.policy_source import PolicySource, PolicyUnavailableError
from tests.changing import changing_rules
from tests.store.samples import NOW, SECRET, delete, exists, finished, locked, move, overwrite, run_sql


@pytest.fixture
async def source(async_engine: AsyncEngine) -> AsyncIterator[PolicySource]:
    source = PolicySource(async_engine, SECRET, BasePriorities())
    yield source
    await source.close()


def _add_rule(engine: Engine, cidr: str) -> None:
    with changing_rules(engine) as session:
        add_rule(session, NewRule(cidr), NOW)


async def _revision(source: PolicySource) -> int:
    """The revision of the new policy; 0 when nothing has changed."""
    policy = await source.poll(NOW)
    return 0 if policy is None else policy.revision


async def test_the_first_look_brings_the_policy(source: PolicySource) -> None:
    assert await source.poll(NOW) == Policy(revision=1, session_secret=SECRET)


async def test_nothing_is_told_twice(source: PolicySource) -> None:
    assert [await _revision(source), await _revision(source), await _revision(source)] == [1, 0, 0]


async def test_a_commit_of_another_connection_is_noticed(source: PolicySource, engine: Engine) -> None:
    await source.poll(NOW)
    _add_rule(engine, "10.0.0.7")
    policy = await source.poll(NOW)
    assert policy is not None
    assert [str(rule.network) for rule in policy.rules] == ["10.0.0.7/32"]


async def test_a_change_is_not_seen_before_its_commit(source: PolicySource, engine: Engine) -> None:
    await source.poll(NOW)
    with changing_rules(engine) as session:
        add_rule(session, NewRule("10.0.0.7"), NOW)
        assert await source.poll(NOW) is None
    assert await _revision(source) == 2


async def test_a_commit_of_another_process_is_noticed(source: PolicySource, database: Path) -> None:
    await source.poll(NOW)
    script = f"""
import sqlite3
with sqlite3.connect({str(database)!r}) as connection:
    connection.execute("UPDATE policy_revision SET revision = 7")
"""
    process = await asyncio.create_subprocess_exec(sys.executable, "-S", "-c", script)
    assert await process.wait() == 0
    assert await _revision(source) == 7


async def test_a_commit_that_changes_no_rule_brings_no_policy(source: PolicySource, pen: Engine) -> None:
    await source.poll(NOW)
    writer = JournalWriter(pen)
    writer.add(finished())
    assert await writer.flush()
    assert await source.poll(NOW) is None


async def test_polls_at_the_same_time_bring_the_policy_once(source: PolicySource) -> None:
    found = await asyncio.gather(*(source.poll(NOW) for _ in range(5)))
    assert [policy is not None for policy in found].count(True) == 1


async def test_a_writer_at_work_keeps_nobody_from_looking(source: PolicySource, database: Path) -> None:
    with locked(database):
        assert await _revision(source) == 1


async def test_a_deleted_database_is_noticed_and_not_made_anew(source: PolicySource, database: Path) -> None:
    await source.poll(NOW)
    delete(database)
    for _ in range(2):
        with pytest.raises(PolicyUnavailableError, match=r"^the rules cannot be read: .*sluice.db"):
            await source.poll(NOW)
    assert not exists(database)


async def test_a_database_that_comes_back_is_read_again(source: PolicySource, database: Path) -> None:
    await source.poll(NOW)
    away = move(database, "away.db")
    with pytest.raises(PolicyUnavailableError):
        await source.poll(NOW)
    move(away, database.name)
    assert [await _revision(source), await _revision(source)] == [1, 0]


async def test_a_database_put_in_its_place_is_noticed(
    source: PolicySource, engine: Engine, database: Path
) -> None:
    backup = Path(copy(database, database.with_name("backup.db")))
    _add_rule(engine, "10.0.0.7")
    assert await _revision(source) == 2
    # The same revision, so that only the file itself tells the two apart.
    run_sql(backup, "UPDATE policy_revision SET revision = 2")
    move(backup, database.name)
    policy = await source.poll(NOW)
    assert policy is not None
    assert (policy.revision, policy.rules) == (2, ())


@pytest.mark.parametrize(
    ("damage", "repair"),
    [
        ("UPDATE api_key SET scopes = 'everything'", "UPDATE api_key SET scopes = 'read'"),
        ("UPDATE api_key SET scopes = x'00'", "UPDATE api_key SET scopes = 'read'"),
        ("UPDATE api_key SET priority = 10", "UPDATE api_key SET priority = 9"),
        ("ALTER TABLE api_key RENAME TO hidden", "ALTER TABLE hidden RENAME TO api_key"),
        ("DELETE FROM policy_revision", "INSERT INTO policy_revision VALUES (1, 1)"),
    ],
)
async def test_rules_that_cannot_be_understood_are_none_until_they_are_mended(
    source: PolicySource, engine: Engine, database: Path, damage: str, repair: str
) -> None:
    with changing_rules(engine) as session:
        add_key(session, NewKey("CI"), NOW)
    await source.poll(NOW)
    run_sql(database, damage, "UPDATE policy_revision SET revision = 50")
    for _ in range(2):
        with pytest.raises(PolicyUnavailableError, match=r"^the rules cannot be read: ."):
            await source.poll(NOW)
    run_sql(database, repair)
    policy = await source.poll(NOW)
    assert policy is not None
    assert len(policy.keys) == 1


async def test_a_file_that_is_no_database_is_no_policy(source: PolicySource, database: Path) -> None:
    overwrite(database, b"not a database at all " * 500)
    with pytest.raises(PolicyUnavailableError, match="file is not a database"):
        await source.poll(NOW)


async def test_an_empty_file_is_no_policy(source: PolicySource, database: Path) -> None:
    overwrite(database, b"")
    with pytest.raises(PolicyUnavailableError, match="no such table"):
        await source.poll(NOW)


async def test_a_database_without_a_file_is_no_policy() -> None:
    source = PolicySource(make_async_engine("sqlite://"), SECRET, BasePriorities())
    with pytest.raises(PolicyUnavailableError, match="the database has no file"):
        await source.poll(NOW)


@pytest.mark.parametrize("when", ["begin", "before_cursor_execute", "commit"])
async def test_a_poll_cancelled_halfway_does_not_hide_the_change(
    source: PolicySource, async_engine: AsyncEngine, engine: Engine, when: str
) -> None:
    await source.poll(NOW)
    _add_rule(engine, "10.0.0.7")
    async with asyncio.TaskGroup() as group:
        polling = group.create_task(source.poll(NOW))
        event.listen(async_engine.sync_engine, when, lambda *_: polling.cancel(), once=True)
    assert polling.cancelled()
    assert [await _revision(source), await _revision(source)] == [2, 0]


async def test_a_cancelled_poll_leaves_no_question_open_at_the_driver(
    source: PolicySource, async_engine: AsyncEngine
) -> None:
    answered: list[object] = []
    event.listen(async_engine.sync_engine, "commit", answered.append)
    async with asyncio.TaskGroup() as group:
        polling = group.create_task(source.poll(NOW))
        event.listen(async_engine.sync_engine, "begin", lambda *_: polling.cancel(), once=True)
    assert polling.cancelled()
    assert len(answered) == 1


async def test_after_closing_it_begins_afresh(source: PolicySource) -> None:
    await source.close()
    assert await _revision(source) == 1
    await source.close()
    assert await _revision(source) == 1


async def test_polling_never_blocks_the_event_loop(source: PolicySource, engine: Engine) -> None:
    with blockbuster_ctx():
        assert await source.poll(NOW) is not None
        await asyncio.to_thread(_add_rule, engine, "10.0.0.7")
        assert await source.poll(NOW) is not None
        assert await source.poll(NOW) is None
        await source.close()
