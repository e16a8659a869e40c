"""What the journal says about a stretch of time: waits, and use by principal and by model.

Promise: rows and roll-ups mean the same: a request counts in the span in which it arrived. Ten million rows
make no answer slower.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Integer, cast, func, select
from sqlalchemy.orm import Session

from addon.core.ticket import TicketState
from addon.core.waits import WaitSummary, bucket_of, summarize_counts
from addon.store.flow import Flow
from addon.store.models import JournalRow, UsageRollUp, WaitRollUp
from addon.store.roll_ups import start_of
from addon.store.stretch import Stretch, arrived, rolled


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
                *arrived(stretch), JournalRow.ran_s > 0
            )
        )
        for arrived_at, kind, waited_s in rows:
            counts, bucket = found[start_of(arrived_at, stretch.step_s), kind], bucket_of(waited_s)
            counts[bucket] = counts.get(bucket, 0) + 1
        return found
    columns = WaitRollUp.start_at, WaitRollUp.principal_class, WaitRollUp.bucket, WaitRollUp.requests
    summed = select(*columns).where(*rolled(WaitRollUp.period_s, WaitRollUp.start_at, stretch))
    for start_at, kind, bucket, requests in session.execute(summed):
        found[start_at, kind][bucket] = requests
    return found


def waits_by_class(counts: Counts) -> Mapping[str, WaitSummary]:
    """The whole stretch, class by class."""
    merged: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for (_, kind), by_bucket in counts.items():
        for bucket, requests in by_bucket.items():
            merged[kind][bucket] = merged[kind].get(bucket, 0) + requests
    return {kind: summarize_counts(by_bucket) for kind, by_bucket in merged.items()}


def use(session: Session, stretch: Stretch) -> tuple[Sequence[Use], Sequence[Use]]:
    """By principal and by model, the busiest first: one look at the rows for both."""
    source = JournalRow if stretch.is_short else UsageRollUp
    who, model, label = source.principal_id, source.model, func.max(source.principal)
    sums = _ROW_SUMS if stretch.is_short else _ROLLED_SUMS
    where = arrived(stretch) if stretch.is_short else rolled(UsageRollUp.period_s, UsageRollUp.start_at, stretch)
    rows = session.execute(select(who, model, label, *sums).where(*where).group_by(who, model)).all()
    by_who = [(row[0], row[2], Flow(*row[3:])) for row in rows]
    by_model = [(row[1], row[1], Flow(*row[3:])) for row in rows]
    return _busiest_first(by_who), _busiest_first(by_model)


def _busiest_first(parts: Iterable[tuple[str, str, Flow]]) -> Sequence[Use]:
    """The parts of the same name together; of several labels the last by the alphabet."""
    found: dict[str, Use] = {}
    for name, label, flow in parts:
        known = found.get(name)
        found[name] = (
            Use(name, label, flow) if known is None else Use(name, max(known.label, label), known.flow + flow)
        )
    return sorted(found.values(), key=lambda one: one.flow.ran_s, reverse=True)


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
