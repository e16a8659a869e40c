"""What went through, step by step of a stretch of time."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from addon.core.spread import spread
from addon.core.ticket import TicketState
from addon.store.models import FlowRollUp, JournalRow
from addon.store.roll_ups import SUMS, start_of
from addon.store.stretch import LONGEST_S, Stretch, rolled


@dataclass(frozen=True, slots=True)
class Flow:
    """What went through.

    Of one step: the requests that arrived in it, with what they failed and read, and the tokens and seconds of
    whatever ran in it, so that `ran_s` divided by its length is how many slots were in use. Of a principal or a
    model: all of the requests that arrived.
    """

    requests: int
    failed: int
    tokens_in: int
    tokens_out: int
    ran_s: float

    def __add__(self, other: "Flow") -> "Flow":
        """Both together."""
        return Flow(
            self.requests + other.requests,
            self.failed + other.failed,
            self.tokens_in + other.tokens_in,
            self.tokens_out + other.tokens_out,
            self.ran_s + other.ran_s,
        )


def flow_by_step(session: Session, stretch: Stretch) -> Mapping[int, Flow]:
    """What went through, step by step; steps without anything are left out."""
    if stretch.is_short:
        return _flow_of_rows(session, stretch)
    columns = [getattr(FlowRollUp, name) for name in ("start_at", *SUMS)]
    found = select(*columns).where(*rolled(FlowRollUp.period_s, FlowRollUp.start_at, stretch))
    return {start_at: Flow(*sums) for start_at, *sums in session.execute(found)}


def _flow_of_rows(session: Session, stretch: Stretch) -> Mapping[int, Flow]:
    """Step by step from the rows, those among them that arrived before and ran on into the stretch."""
    rows = select(
        JournalRow.arrived_at,
        JournalRow.waited_s,
        JournalRow.ran_s,
        JournalRow.state,
        JournalRow.prompt_tokens,
        JournalRow.completion_tokens,
    ).where(
        JournalRow.arrived_at >= stretch.first - LONGEST_S,
        JournalRow.arrived_at < stretch.until,
        JournalRow.arrived_at + JournalRow.waited_s + JournalRow.ran_s >= stretch.first,
    )
    # Tens of thousands of rows: plain lists take a third of what kinder containers do.
    found: defaultdict[int, list[Any]] = defaultdict(lambda: [0, 0, 0, 0, 0.0])
    step_s, done = stretch.step_s, TicketState.DONE.value
    for arrived_at, waited_s, ran_s, state, tokens_in, tokens_out in session.execute(rows):
        arrival = found[start_of(arrived_at, step_s)]
        arrival[0] += 1
        arrival[1] += state != done
        arrival[2] += tokens_in
        for start_at, held_s, tokens in spread(arrived_at + waited_s, ran_s, tokens_out, step_s):
            step = found[start_at]
            step[3] += tokens
            step[4] += held_s
    return {at: Flow(*sums) for at, sums in found.items() if stretch.first <= at < stretch.until}
