"""What the journal says about a stretch of time: waits, throughput, use, refusals.

Promise: short stretches are read from the rows themselves, longer ones from the roll-ups, and both mean the same:
a request counts in the span in which it arrived. Ten million rows make no answer slower.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from addon.core.ticket import TicketState
from addon.core.waits import WaitSummary, bucket_of, summarize_counts
from addon.store.models import JournalRow, RefusalRollUp, UsageRollUp, WaitRollUp
from addon.store.roll_ups import COARSE_S, FINE_S, MIDDLE_S, start_of

_MINUTE_S = 60
_BY_ROWS_S = 2 * 3600
_BY_TEN_MINUTES_S = 2 * 24 * 3600
_BY_HOURS_S = 8 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `since` up to `until` (unix seconds), in steps of `step_s`."""

    since: float
    until: float

    @property
    def step_s(self) -> int:
        """The length of one step: a minute, ten minutes, an hour or six."""
        length_s = self.until - self.since
        if length_s <= _BY_ROWS_S:
            return _MINUTE_S
        if length_s <= _BY_TEN_MINUTES_S:
            return FINE_S
        return MIDDLE_S if length_s <= _BY_HOURS_S else COARSE_S

    @property
    def is_short(self) -> bool:
        """Whether the rows themselves are read."""
        return self.step_s == _MINUTE_S

    @property
    def first(self) -> int:
        """The beginning of the first step."""
        return start_of(self.since, self.step_s)


@dataclass(frozen=True, slots=True)
class Flow:
    """What went through in one step, or in all. `ran_s` divided by the step's length is how
    many slots were in use on average."""

    requests: int
    failed: int
    tokens_in: int
    tokens_out: int
    ran_s: float


@dataclass(frozen=True, slots=True)
class Use:
    """What one principal asked for, or what was asked of one model."""

    name: str
    label: str
    flow: Flow


type Counts = Mapping[tuple[int, str], Mapping[int, int]]
"""Requests by (beginning of the step, class), then by bucket of their waits."""


def wait_counts(session: Session, stretch: Stretch) -> Counts:
    """How many requests waited how long, step by step and class by class."""
    found: defaultdict[tuple[int, str], dict[int, int]] = defaultdict(dict)
    if stretch.is_short:
        rows = session.execute(
            select(JournalRow.arrived_at, JournalRow.principal_class, JournalRow.waited_s).where(
                *_arrived(stretch), JournalRow.state != TicketState.REFUSED.value
            )
        )
        for arrived_at, kind, waited_s in rows:
            counts, bucket = found[start_of(arrived_at, stretch.step_s), kind], bucket_of(waited_s)
            counts[bucket] = counts.get(bucket, 0) + 1
        return found
    columns = WaitRollUp.start_at, WaitRollUp.principal_class, WaitRollUp.bucket, WaitRollUp.requests
    rolled = select(*columns).where(*_rolled(WaitRollUp.period_s, WaitRollUp.start_at, stretch))
    for start_at, kind, bucket, requests in session.execute(rolled):
        found[start_at, kind][bucket] = requests
    return found


def waits_by_class(counts: Counts) -> Mapping[str, WaitSummary]:
    """The whole stretch, class by class."""
    merged: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for (_, kind), by_bucket in counts.items():
        for bucket, requests in by_bucket.items():
            merged[kind][bucket] = merged[kind].get(bucket, 0) + requests
    return {kind: summarize_counts(by_bucket) for kind, by_bucket in merged.items()}


def flow_by_step(session: Session, stretch: Stretch) -> Mapping[int, Flow]:
    """What went through, step by step; steps without requests are left out."""
    return {int(row[0]): _flow(row[1:]) for row in session.execute(_summed(stretch, _step(stretch)))}


def use_by_principal(session: Session, stretch: Stretch) -> Sequence[Use]:
    """Who used how much, the busiest first."""
    return _use(session, stretch, JournalRow.principal_id, UsageRollUp.principal_id)


def use_by_model(session: Session, stretch: Stretch) -> Sequence[Use]:
    """Which model was used how much, the busiest first."""
    return _use(session, stretch, JournalRow.model, UsageRollUp.model)


def refusals_by_reason(session: Session, stretch: Stretch) -> Mapping[str, int]:
    """How many requests were refused for which reason, in spans of ten minutes or more."""
    period_s = FINE_S if stretch.is_short else stretch.step_s
    rolled = select(RefusalRollUp.reason, func.sum(RefusalRollUp.refusals).label("refusals")).where(
        RefusalRollUp.period_s == period_s,
        RefusalRollUp.start_at >= start_of(stretch.since, period_s),
        RefusalRollUp.start_at < stretch.until,
    )
    rows = session.execute(rolled.group_by(RefusalRollUp.reason)).all()
    return {row.reason: row.refusals for row in rows}


def _use(
    session: Session, stretch: Stretch, of_row: InstrumentedAttribute[str], of_roll_up: InstrumentedAttribute[str]
) -> Sequence[Use]:
    name = (of_row if stretch.is_short else of_roll_up).expression
    label = func.max(JournalRow.principal if stretch.is_short else UsageRollUp.principal)
    rows = [list(row) for row in session.execute(_summed(stretch, name, label))]
    found = [Use(name, label, _flow(sums)) for name, label, *sums in rows]
    return sorted(found, key=lambda use: use.flow.ran_s, reverse=True)


def _summed(stretch: Stretch, by: ColumnElement[Any], *more: ColumnElement[Any]) -> Select[Any]:
    sums = _ROW_SUMS if stretch.is_short else _ROLLED_SUMS
    where = _arrived(stretch) if stretch.is_short else _rolled(UsageRollUp.period_s, UsageRollUp.start_at, stretch)
    return select(by, *more, *sums).where(*where).group_by(by)


def _step(stretch: Stretch) -> ColumnElement[Any]:
    if stretch.is_short:
        return cast(JournalRow.arrived_at / stretch.step_s, Integer) * stretch.step_s
    return UsageRollUp.start_at.expression


def _flow(sums: Sequence[Any]) -> Flow:
    requests, failed, tokens_in, tokens_out, ran_s = sums
    return Flow(requests, failed, tokens_in, tokens_out, ran_s)


_ROLLED_SUMS = (
    func.sum(UsageRollUp.requests),
    func.sum(UsageRollUp.failed),
    func.sum(UsageRollUp.prompt_tokens),
    func.sum(UsageRollUp.completion_tokens),
    func.sum(UsageRollUp.ran_s),
)
_ROW_SUMS = (
    func.count(),
    func.sum(cast(JournalRow.state != TicketState.DONE.value, Integer)),
    func.sum(JournalRow.prompt_tokens),
    func.sum(JournalRow.completion_tokens),
    func.sum(JournalRow.ran_s),
)


def _arrived(stretch: Stretch) -> tuple[ColumnElement[bool], ...]:
    return JournalRow.arrived_at >= stretch.first, JournalRow.arrived_at < stretch.until


def _rolled(
    period_s: InstrumentedAttribute[int], start_at: InstrumentedAttribute[int], stretch: Stretch
) -> tuple[ColumnElement[bool], ...]:
    return period_s == stretch.step_s, start_at >= stretch.first, start_at < stretch.until
