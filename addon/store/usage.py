"""What somebody used, day by day, from the journal.

Promise: the sums are made by SQLite (index principal_id + arrived_at), so that whoever asks, the web app or the
gate's event loop beside it, gets a few hundred rows and not a hundred thousand.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, case, cast, func, select
from sqlalchemy.orm import Session

from addon.core.waits import summarize_repeated
from addon.store.journal import WAS_ADMITTED
from addon.store.models import JournalRow

DAYS = 14
_DAY_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class DayUse:
    """One day (UTC), as `2026-08-01`; waits in seconds, rounded to two digits, of those that were admitted."""

    day: str
    requests: int
    tokens_in: int
    tokens_out: int
    wait_p50_s: float
    wait_p95_s: float


def usage_by_day(
    session: Session, principal_ids: Collection[str], now: float, days: int = DAYS
) -> Sequence[DayUse]:
    """The last days up to this one, the oldest first and quiet ones too."""
    last = int(now // _DAY_S)
    wanted = range(last - days + 1, last + 1)
    by_day: dict[int, list[Any]] = {number: [] for number in wanted}
    for number, *sums in session.execute(_sums(principal_ids, wanted.start * _DAY_S, (last + 1) * _DAY_S)):
        by_day[number].append(sums)
    return [_day_use(number, rows) for number, rows in by_day.items()]


def _two_digits(wait_s: ColumnElement[float]) -> ColumnElement[float]:
    """Few different waits, however many there are: up to a thousand seconds no more than 370."""
    return case(
        (wait_s < 1, func.round(wait_s, 2)),
        (wait_s < 10, func.round(wait_s, 1)),
        (wait_s < 100, func.round(wait_s)),
        (wait_s < 1000, func.round(wait_s / 10) * 10),
        else_=func.round(wait_s / 100) * 100,
    )


def _sums(principal_ids: Collection[str], since: float, until: float) -> Select[int, float, bool, int, int, int]:
    day = cast(JournalRow.arrived_at / _DAY_S, Integer).label("day")
    wait = _two_digits(JournalRow.waited_s.expression).label("wait")
    was_admitted = WAS_ADMITTED.label("was_admitted")
    return (
        select(
            day,
            wait,
            was_admitted,
            func.count(),
            func.sum(JournalRow.prompt_tokens),
            func.sum(JournalRow.completion_tokens),
        )
        .where(JournalRow.principal_id.in_(principal_ids))
        .where(JournalRow.arrived_at >= since, JournalRow.arrived_at < until)
        .group_by("day", "wait", "was_admitted")
    )


def _day_use(number: int, rows: Sequence[Any]) -> DayUse:
    waits: dict[float, int] = {wait: count for wait, was_admitted, count, _, _ in rows if was_admitted}
    summary = summarize_repeated(waits)
    requests, tokens_in, tokens_out = (sum(row[column] for row in rows) for column in (2, 3, 4))
    day = datetime.fromtimestamp(number * _DAY_S, UTC).strftime("%Y-%m-%d")
    return DayUse(day, requests, tokens_in, tokens_out, summary.p50_s, summary.p95_s)
