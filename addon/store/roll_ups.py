"""Sums of the journal by ten minutes, by hour and by six hours, kept up with every batch that is written.

Promise: they are written in the transaction that writes the rows, so at any instant they equal what the rows since
the first one add up to. They outlive the rows: the statistics of a year need no row of that year.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.orm import Session

from addon.core.spread import spread
from addon.core.ticket import TicketState
from addon.core.waits import bucket_of
from addon.store.journal import Finished
from addon.store.models import FlowRollUp, RefusalRollUp, UsageRollUp, WaitRollUp

FINE_S, MIDDLE_S, COARSE_S = 600, 3600, 6 * 3600
PERIODS_S = (FINE_S, MIDDLE_S, COARSE_S)
SUMS = ("requests", "failed", "prompt_tokens", "completion_tokens", "ran_s")

type _RollUp = UsageRollUp | FlowRollUp | WaitRollUp | RefusalRollUp
type Refusals = Mapping[tuple[int, str], int]
"""Refusals by (beginning of the finest span, code of the reason)."""


def start_of(instant: float, period_s: int) -> int:
    """When the span began that this instant is in."""
    return int(instant // period_s) * period_s


def add_to_roll_ups(session: Session, finished: Iterable[Finished], refusals: Refusals) -> None:
    """Count a batch; the caller commits."""
    rows = list(finished)
    for period_s in PERIODS_S:
        _add_usage(session, rows, period_s)
        _add_flow(session, rows, period_s)
        _add_waits(session, rows, period_s)
        _add_refusals(session, refusals, period_s)


def _add_usage(session: Session, rows: Iterable[Finished], period_s: int) -> None:
    sums: dict[tuple[int, str, str], dict[str, Any]] = {}
    for row in rows:
        start_at = start_of(row.arrived_at, period_s)
        one = sums.setdefault(
            (start_at, row.principal_id, row.known_model),
            {
                "period_s": period_s,
                "start_at": start_at,
                "principal_id": row.principal_id,
                "model": row.known_model,
                "principal": row.principal,
                "principal_class": row.principal_class,
                **dict.fromkeys(SUMS, 0),
            },
        )
        one["requests"] += 1
        one["failed"] += row.state != TicketState.DONE
        one["prompt_tokens"] += row.prompt_tokens
        one["completion_tokens"] += row.completion_tokens
        one["ran_s"] += row.ran_s
    _add(session, UsageRollUp, list(sums.values()), SUMS)


def _add_flow(session: Session, rows: Iterable[Finished], period_s: int) -> None:
    sums: dict[int, dict[str, Any]] = {}

    def at(start_at: int) -> dict[str, Any]:
        nothing = {"period_s": period_s, "start_at": start_at, **dict.fromkeys(SUMS, 0)}
        return sums.setdefault(start_at, nothing)

    for row in rows:
        arrival = at(start_of(row.arrived_at, period_s))
        arrival["requests"] += 1
        arrival["failed"] += row.state != TicketState.DONE
        arrival["prompt_tokens"] += row.prompt_tokens
        for start_at, ran_s, tokens in spread(row.admitted_at, row.ran_s, row.completion_tokens, period_s):
            at(start_at)["ran_s"] += ran_s
            at(start_at)["completion_tokens"] += tokens
    _add(session, FlowRollUp, list(sums.values()), SUMS)


def _add_waits(session: Session, rows: Iterable[Finished], period_s: int) -> None:
    counts = Counter(
        (start_of(row.arrived_at, period_s), row.principal_class, bucket_of(row.waited_s))
        for row in rows
        if row.was_admitted
    )
    values = [
        {"period_s": period_s, "start_at": start, "principal_class": kind, "bucket": bucket, "requests": requests}
        for (start, kind, bucket), requests in counts.items()
    ]
    _add(session, WaitRollUp, values, ("requests",))


def _add_refusals(session: Session, refusals: Refusals, period_s: int) -> None:
    counts: Counter[tuple[int, str]] = Counter()
    for (instant, reason), refused in refusals.items():
        counts[start_of(instant, period_s), reason] += refused
    values = [
        {"period_s": period_s, "start_at": start, "reason": reason, "refusals": refused}
        for (start, reason), refused in counts.items()
    ]
    _add(session, RefusalRollUp, values, ("refusals",))


def _add(session: Session, table: type[_RollUp], values: list[dict[str, Any]], sums: Sequence[str]) -> None:
    """Insert rows, or add to the sums of those whose keys are there already."""
    if values:
        statement = upsert(table)
        keys = [column.name for column in table.__table__.primary_key]
        more = {name: getattr(table, name) + getattr(statement.excluded, name) for name in sums}
        session.execute(statement.on_conflict_do_update(index_elements=keys, set_=more), values)
