"""What the journal says about a stretch of time: waits, and use by principal and by model.

Promise: rows and roll-ups mean the same: a request counts in the span in which it arrived. Neither ten million
rows nor a crowded hour make an answer slower.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from sqlalchemy import ColumnElement, Integer, case, cast, func, select
from sqlalchemy.orm import Session

from addon.core.model_names import canonical
from addon.core.ticket import TicketState
from addon.core.waits import WaitSummary, bucket_of, summarize_counts
from addon.store.flow import Flow
from addon.store.journal import WAS_ADMITTED, WENT_WRONG
from addon.store.models import JournalRow, UsageRollUp, WaitRollUp
from addon.store.roll_ups import start_of
from addon.store.stretch import Stretch, arrived, rolled


@dataclass(frozen=True, slots=True)
class Use:
    """What one principal asked for, or what was asked of one model."""

    name: str
    label: str
    flow: Flow


@dataclass(slots=True)
class Waits:
    """Requests by bucket of their waits; `longest_s` is what no wait among them exceeded."""

    counts: dict[int, int]
    longest_s: float = 0.0

    @property
    def summary(self) -> WaitSummary:
        """Their percentiles."""
        return summarize_counts(self.counts, self.longest_s)

    def add(self, counts: Mapping[int, int], longest_s: float) -> None:
        """Some more of them."""
        for bucket, requests in counts.items():
            self.counts[bucket] = self.counts.get(bucket, 0) + requests
        self.longest_s = max(self.longest_s, longest_s)


type WaitSteps = Mapping[tuple[int, str], Waits]
"""Waits by (beginning of the step, class)."""


def waits_by_step(session: Session, stretch: Stretch) -> WaitSteps:
    """How many requests waited how long, step by step and class by class."""
    found: defaultdict[tuple[int, str], Waits] = defaultdict(_no_waits)
    if stretch.is_short:
        rows = session.execute(
            select(JournalRow.arrived_at, JournalRow.principal_class, JournalRow.waited_s).where(
                *arrived(stretch), WAS_ADMITTED
            )
        )
        for arrived_at, kind, waited_s in rows:
            waits, bucket = found[start_of(arrived_at, stretch.step_s), kind], bucket_of(waited_s)
            waits.counts[bucket] = waits.counts.get(bucket, 0) + 1
            waits.longest_s = max(waits.longest_s, waited_s)
        return found
    columns = WaitRollUp.start_at, WaitRollUp.principal_class, WaitRollUp.bucket, WaitRollUp.requests
    summed = select(*columns).where(*rolled(WaitRollUp.period_s, WaitRollUp.start_at, stretch))
    for start_at, kind, bucket, requests in session.execute(summed):
        # Whoever came in this step had been admitted by the end, or would not be counted.
        found[start_at, kind].add({bucket: requests}, stretch.until - start_at)
    return found


def waits_by_class(steps: WaitSteps) -> Mapping[str, WaitSummary]:
    """The whole stretch, class by class."""
    merged: defaultdict[str, Waits] = defaultdict(_no_waits)
    for (_, kind), waits in steps.items():
        merged[kind].add(waits.counts, waits.longest_s)
    return {kind: waits.summary for kind, waits in merged.items()}


def _no_waits() -> Waits:
    return Waits({})


def admitted_and_not(session: Session, since: float, until: float) -> tuple[int, int]:
    """How many requests that arrived in this time held a slot, and how many left before they did."""
    held = func.coalesce(func.sum(cast(WAS_ADMITTED, Integer)), 0)
    here = JournalRow.arrived_at >= since, JournalRow.arrived_at <= until
    every, admitted = session.execute(select(func.count(), held).where(*here)).one()
    return admitted, every - admitted


def use(session: Session, stretch: Stretch) -> tuple[Sequence[Use], Sequence[Use]]:
    """By principal and by model, the busiest first: one look at the rows for both.

    What no model has answered is told under an empty name, as the roll-ups keep it.
    """
    source = JournalRow if stretch.is_short else UsageRollUp
    who, label = source.principal_id, func.max(source.principal)
    model = _known_model() if stretch.is_short else UsageRollUp.model.expression
    sums = _ROW_SUMS if stretch.is_short else _ROLLED_SUMS
    where = arrived(stretch) if stretch.is_short else rolled(UsageRollUp.period_s, UsageRollUp.start_at, stretch)
    rows = session.execute(select(who, model, label, *sums).where(*where).group_by(who, model)).all()
    by_who = [(row[0], row[2], Flow(*row[3:])) for row in rows]
    by_model = [(name, name, Flow(*row[3:])) for row in rows for name in [canonical(row[1]) if row[1] else ""]]
    return _busiest_first(by_who), _busiest_first(by_model)


def _known_model() -> ColumnElement[str]:
    """`Finished.known_model` of rows, but for its spelling."""
    status = JournalRow.status
    has_begun = JournalRow.first_byte_s.is_not(None)
    is_answer = (JournalRow.state != TicketState.FAILED.value) | (JournalRow.completion_tokens > 0)
    was_served = has_begun & (((status < HTTPStatus.BAD_REQUEST) & is_answer) | status.in_(WENT_WRONG))
    hung = WAS_ADMITTED & (JournalRow.state == TicketState.TIMED_OUT.value)
    return case((was_served | hung, JournalRow.model), else_="")


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
