"""The gate's hand in the audit log: what was done is written, in order, whatever the database does meanwhile."""

import asyncio
import json
from pathlib import Path

import pytest
from blockbuster import blockbuster_ctx
from sqlalchemy import Engine
from sqlalchemy.ext.asyncio import AsyncEngine

from addon.store import audit_writer
from addon.store.audit import Actor, Deed
from addon.store.audit_reader import AuditFilter, find_audit
from addon.store.audit_writer import AuditWriter
from addon.store.engine import reading
from addon.store.policy_loader import load_revision
from tests.store.samples import NOW, locked, move

ANN = Actor("user:1", "ann", "192.0.2.7")


@pytest.fixture
def writer(async_engine: AsyncEngine) -> AuditWriter:
    return AuditWriter(async_engine)


def _add(writer: AuditWriter, *subjects: str) -> None:
    for subject in subjects:
        writer.add(ANN, Deed("ticket.cancel", f"ticket:{subject}", "app", {"state": "waiting"}), NOW)


def _subjects(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return [row.subject_id.removeprefix("ticket:") for row in reversed(find_audit(session, AuditFilter(), 99))]


async def test_a_deed_is_written_with_who_when_and_where(writer: AuditWriter, engine: Engine) -> None:
    _add(writer, "a")
    assert await writer.flush()
    with reading(engine) as session:
        (row,) = find_audit(session, AuditFilter(), 99)
    assert (row.at, row.actor_id, row.actor, row.address) == (NOW, "user:1", "ann", "192.0.2.7")
    assert (row.action, row.subject, json.loads(row.before or ""), row.after) == (
        "ticket.cancel",
        "app",
        {"state": "waiting"},
        None,
    )


async def test_a_deed_at_the_gate_changes_no_rule(writer: AuditWriter, engine: Engine) -> None:
    with reading(engine) as session:
        before = load_revision(session)
    _add(writer, "a")
    await writer.flush()
    with reading(engine) as session:
        assert load_revision(session) == before


async def test_nothing_is_written_twice_and_nothing_is_written_for_nothing(
    writer: AuditWriter, engine: Engine, database: Path
) -> None:
    _add(writer, "a", "b")
    assert all(await asyncio.gather(writer.flush(), writer.flush()))
    assert _subjects(engine) == ["a", "b"]
    move(database, "away.db")
    assert await writer.flush()


async def test_a_locked_database_costs_no_deed(
    writer: AuditWriter, engine: Engine, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("addon.store.engine._BUSY_TIMEOUT_MS", 1)
    _add(writer, "a")
    with locked(database):
        assert not await writer.flush()
    _add(writer, "b")
    assert await writer.flush()
    assert _subjects(engine) == ["a", "b"]


async def test_beyond_the_bound_the_oldest_go_and_the_log_counts_them(
    writer: AuditWriter,
    engine: Engine,
    database: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("addon.store.audit_writer._MOST_KEPT", 3)
    away = move(database, "away.db")
    _add(writer, *"abcde")
    assert not await writer.flush()
    assert "2 deeds at the gate are lost" in caplog.text
    move(away, database.name)
    await writer.flush()
    assert _subjects(engine) == ["c", "d", "e"]


async def test_no_failure_whatever_loses_a_deed(
    writer: AuditWriter, engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("not foreseen")

    _add(writer, "a")
    with monkeypatch.context() as patched:
        patched.setattr(audit_writer, "record", fail)
        assert not await writer.flush()
    assert "not foreseen" in caplog.text
    assert await writer.flush()
    assert _subjects(engine) == ["a"]


async def test_a_flush_that_is_cancelled_loses_nothing(
    writer: AuditWriter, engine: Engine, database: Path
) -> None:
    _add(writer, "a")
    with locked(database), pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await writer.flush()
    assert await writer.flush()
    assert _subjects(engine) == ["a"]


async def test_adding_and_flushing_never_block_the_event_loop(writer: AuditWriter) -> None:
    with blockbuster_ctx():
        _add(writer, "a")
        assert await writer.flush()
