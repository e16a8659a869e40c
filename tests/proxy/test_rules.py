"""The rules in force: changed by anybody, they count within a second; unreadable, they let nobody through."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text, update

from addon.proxy import rules
from addon.store.address_rules import NewRule, add_rule, remove_rule
from addon.store.keys import NewKey, add_key, revoke_key
from addon.store.models import User
from addon.store.policy_source import PolicySource
from addon.store.sessions import end_session
from tests.changing import changing_rules
from tests.proxy.houses import House, house_with_fake, until

PROMISE_S = 1.0
ASK_EVERY_S = 0.05
"""So seldom that the answers of a second are no guessing of keys yet (30 in a minute)."""


async def _status_becomes(house: House, wanted: int, **headers: str) -> None:
    async with asyncio.timeout(PROMISE_S):
        while True:
            answer = await house.client.get("/api/tags", headers=headers)
            if answer.status_code == wanted:
                return
            await asyncio.sleep(ASK_EVERY_S)


@pytest.fixture
async def hurried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[House]:
    """A gate that looks for changes a hundred times a second."""
    monkeypatch.setattr(rules, "WATCH_PERIOD_S", 0.01)
    async with house_with_fake(tmp_path / "data") as running:
        yield running


def test_the_rules_are_watched_more_often_than_promised() -> None:
    assert rules.WATCH_PERIOD_S < PROMISE_S


async def test_a_key_made_and_revoked_elsewhere_counts_within_a_second(house: House) -> None:
    with changing_rules(house.engine) as session:
        key = add_key(session, NewKey("late"), time.time())[1]
    await _status_becomes(house, 200, **{"X-API-Key": key})
    with changing_rules(house.engine) as session:
        revoke_key(session, "late", time.time())
    await _status_becomes(house, 401, **{"X-API-Key": key})


async def test_an_address_added_and_removed_elsewhere_counts_within_a_second(house: House) -> None:
    with changing_rules(house.engine) as session:
        add_rule(session, NewRule("127.0.0.1", "here"), time.time())
    await _status_becomes(house, 200)
    with changing_rules(house.engine) as session:
        remove_rule(session, "127.0.0.1")
    await _status_becomes(house, 401)


async def test_a_user_who_is_disabled_is_out_within_a_second(hurried: House) -> None:
    ann = await hurried.sign_in("ann")
    assert (await hurried.client.get("/api/tags", headers=ann.cookie)).status_code == 200
    with changing_rules(hurried.engine) as session:
        session.execute(update(User).values(disabled_at=time.time()))
    await _status_becomes(hurried, 401, **ann.cookie)


async def test_a_session_that_is_ended_counts_no_longer(hurried: House) -> None:
    ann = await hurried.sign_in("ann")
    with changing_rules(hurried.engine) as session:
        for row_id in session.scalars(text("select id from login_session")):
            end_session(session, row_id, time.time())
    await hurried.assembly.rules.refresh()
    answer = await hurried.client.get("/api/tags", headers=ann.cookie)
    assert (answer.status_code, answer.headers["x-sluice-reason"]) == (401, "session_ended")


def _delete(database: Path) -> None:
    # Whoever still has an empty file open deletes, at its end, the log of whatever is called so by then.
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for part in database.parent.glob(f"{database.name}*"):
        part.rename(part.with_name(f"away-{part.name}"))


def _replace_by_junk(database: Path) -> None:
    _delete(database)
    database.write_bytes(b"this is no database" * 100)


def _replace_by_nothing(database: Path) -> None:
    _delete(database)
    database.touch()


def _bring_back(database: Path) -> None:
    for part in database.parent.glob(f"{database.name}*"):
        part.unlink()
    for part in database.parent.glob(f"away-{database.name}*"):
        part.rename(part.with_name(part.name.removeprefix("away-")))


@pytest.mark.parametrize("harm", [_delete, _replace_by_junk, _replace_by_nothing])
async def test_without_its_database_the_gate_refuses_everybody_and_recovers(
    hurried: House, harm: Callable[[Path], None]
) -> None:
    key = {"X-API-Key": await hurried.key()}
    assert (await hurried.client.get("/api/tags", headers=key)).status_code == 200
    database = hurried.settings.data_dir / "sluice.db"
    harm(database)
    await _status_becomes(hurried, 503, **key)
    seen = len(hurried.upstream.requests)
    for headers in (key, {}):
        answer = await hurried.client.post("/api/chat", json={"model": "m"}, headers=headers)
        assert (answer.status_code, answer.headers["x-sluice-reason"]) == (503, "policy_unavailable")
        assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert len(hurried.upstream.requests) == seen
    _bring_back(database)
    await _status_becomes(hurried, 200, **key)


async def test_a_row_nobody_can_read_closes_the_door_for_all(hurried: House) -> None:
    key = {"X-API-Key": await hurried.key("good")}
    await hurried.key("bad")
    with sqlite3.connect(hurried.settings.data_dir / "sluice.db") as connection:
        connection.execute("update api_key set scopes = 'everything' where name = 'bad'")
        connection.execute("update policy_revision set revision = revision + 1")
    connection.close()
    await _status_becomes(hurried, 503, **key)
    with sqlite3.connect(hurried.settings.data_dir / "sluice.db") as connection:
        connection.execute("update api_key set scopes = 'infer' where name = 'bad'")
        connection.execute("update policy_revision set revision = revision + 1")
    connection.close()
    await _status_becomes(hurried, 200, **key)


async def test_running_answers_outlive_the_database(hurried: House) -> None:
    busy = await hurried.occupy(await hurried.key())
    _delete(hurried.settings.data_dir / "sluice.db")
    await until(lambda: hurried.assembly.rules.policy is None)
    hurried.upstream.engine.release()
    assert (await busy).text.count("\n") == 4


async def test_whatever_fails_while_the_rules_are_read_means_no_rules_and_is_tried_again(
    hurried: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> None:
        raise MemoryError

    key = {"X-API-Key": await hurried.key()}
    monkeypatch.setattr(PolicySource, "poll", fails)
    await _status_becomes(hurried, 503, **key)
    monkeypatch.undo()
    with changing_rules(hurried.engine):
        pass
    await _status_becomes(hurried, 200, **key)


async def test_an_unchanged_database_keeps_the_very_same_policy(hurried: House) -> None:
    in_force = hurried.assembly.rules
    policy = in_force.policy
    await in_force.refresh()
    assert in_force.policy is policy
    in_force.forget()
    assert in_force.policy is None
