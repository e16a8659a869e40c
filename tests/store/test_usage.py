"""What somebody used, day by day."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine

from addon.core.waits import summarize
from addon.store.engine import make_async_engine, reading, writing
from addon.store.errors import StoreError
from addon.store.journal import write
from addon.store.journal_reader import JournalReader
from addon.store.usage import DayUse, usage_by_day
from tests.store.samples import finished

NOON = datetime(2026, 8, 1, 12, tzinfo=UTC).timestamp()
DAY_S = 24 * 3600
ME = "key:1"


def told(engine: Engine, principals: Collection[str] = (ME,), now: float = NOON) -> Sequence[DayUse]:
    with reading(engine) as session:
        return usage_by_day(session, principals, now)


def happened(engine: Engine, *rows: dict[str, Any]) -> None:
    general = {"principal_id": ME, "arrived_at": NOON}
    with writing(engine) as session:
        write(session, [finished(**(general | row)) for row in rows], [])


def test_quiet_days_are_told_too_and_today_is_the_last(engine: Engine) -> None:
    days = told(engine)
    assert (days[0].day, days[-1].day, len(days)) == ("2026-07-19", "2026-08-01", 14)
    assert {(day.requests, day.tokens_in, day.tokens_out, day.wait_p95_s) for day in days} == {(0, 0, 0, 0.0)}


def test_a_day_is_the_sum_of_its_requests_with_the_percentiles_of_their_waits(engine: Engine) -> None:
    waits_s = [number / 4 for number in range(1, 42)]
    happened(engine, *({"waited_s": wait_s, "prompt_tokens": 2, "completion_tokens": 3} for wait_s in waits_s))
    summary = summarize(waits_s)
    assert told(engine)[-1] == DayUse("2026-08-01", 41, 82, 123, 5.3, 9.8)
    assert (summary.p50_s, summary.p95_s) == (5.25, 9.75)


@pytest.mark.parametrize(
    ("wait_s", "told_s"),
    [(0.0, 0.0), (0.004, 0.0), (0.126, 0.13), (4.26, 4.3), (42.6, 43.0), (426.0, 430.0), (2345.0, 2300.0)],
)
def test_waits_are_told_in_two_digits(engine: Engine, wait_s: float, told_s: float) -> None:
    happened(engine, {"waited_s": wait_s})
    assert told(engine)[-1].wait_p50_s == pytest.approx(told_s)


def test_a_day_begins_at_midnight_utc(engine: Engine) -> None:
    midnight = NOON - DAY_S / 2
    happened(engine, {"arrived_at": midnight - 0.001}, {"arrived_at": midnight}, {"arrived_at": midnight + 5})
    assert [day.requests for day in told(engine)[-3:]] == [0, 1, 2]


def test_what_came_before_the_first_day_or_from_others_is_left_out(engine: Engine) -> None:
    happened(engine, {"arrived_at": NOON - 14 * DAY_S}, {"principal_id": "key:2"}, {"principal_id": "user:1"})
    assert sum(day.requests for day in told(engine)) == 0
    assert sum(day.requests for day in told(engine, ["key:2", "user:1", "key:3"])) == 2


@pytest.mark.parametrize("state", ["refused", "cancelled", "timed_out"])
def test_who_was_never_admitted_is_counted_but_has_not_waited(engine: Engine, state: str) -> None:
    happened(engine, {"waited_s": 0.0, "state": state, "ran_s": 0.0}, {"waited_s": 9.0})
    today = told(engine)[-1]
    assert (today.requests, today.wait_p50_s) == (2, 9.0)


async def test_the_gate_asks_at_most_once_a_minute_for_each(engine: Engine) -> None:
    reader = JournalReader(make_async_engine(str(engine.url)))
    assert (await reader.usage_by_day(ME, NOON))[-1].requests == 0
    happened(engine, {})
    assert (await reader.usage_by_day(ME, NOON + 59))[-1].requests == 0
    assert (await reader.usage_by_day(ME, NOON + 60))[-1].requests == 1
    assert (await reader.usage_by_day("key:2", NOON + 60))[-1].requests == 0


async def test_a_clock_set_back_brings_the_days_anew(engine: Engine) -> None:
    reader = JournalReader(make_async_engine(str(engine.url)))
    await reader.usage_by_day(ME, NOON)
    assert (await reader.usage_by_day(ME, NOON - DAY_S))[-1].day == "2026-07-31"


async def test_a_journal_that_cannot_be_read_is_said(engine: Engine) -> None:
    with writing(engine) as session:
        session.connection().exec_driver_sql("DROP TABLE journal")
    with pytest.raises(StoreError, match="cannot be read"):
        await JournalReader(make_async_engine(str(engine.url))).usage_by_day(ME, NOON)
