"""A stretch of time, and which rows and roll-ups tell of it.

Promise: short stretches are read from the rows themselves, unless there are too many of them for a quick answer;
those and longer ones from roll-ups of the length of their steps.
"""

import math
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from addon.store.models import FlowRollUp, JournalRow
from addon.store.roll_ups import COARSE_S, FINE_S, MIDDLE_S, start_of

_MINUTE_S = 60
_BY_ROWS_S = 2 * 3600
_BY_TEN_MINUTES_S = 2 * 24 * 3600
_BY_HOURS_S = 8 * 24 * 3600
LONGEST_S = 3 * 3600
"""Of requests that waited and ran for longer than this, a short stretch leaves out what was before it."""
_MOST_ROWS = 25_000
"""More take more than 200 ms: on a slow core, an hour of 14,000 rows takes 100 ms and one of 100,000 takes 660."""
_PASSED_OVER = 5
"""So many rows of before are looked at, and not taken, in the time that one is taken."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `since` up to `until` (unix seconds), in steps of `step_s`.

    `is_crowded` says that its rows are too many to be read one by one.
    """

    since: float
    until: float
    is_crowded: bool = False

    @property
    def step_s(self) -> int:
        """The length of one step: a minute, ten minutes, an hour or six."""
        length_s = self.until - self.since
        if length_s <= _BY_ROWS_S:
            return FINE_S if self.is_crowded else _MINUTE_S
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
        return self.starts(self.step_s)[0]

    def starts(self, step_s: int) -> range:
        """When the steps of this length begin that it touches; it ends before the one that begins at `until`."""
        return range(start_of(self.since, step_s), math.ceil(self.until), step_s)


def stretch_to(session: Session, until: float, length_s: float) -> Stretch:
    """The stretch of this length up to an instant, read by rows where they are few enough."""
    stretch = Stretch(until - length_s, until)
    if not stretch.is_short:
        return stretch
    # Counted by roll-ups: two dozen of them, however many rows.
    by_ten_minutes = select(FlowRollUp.start_at, func.sum(FlowRollUp.requests)).where(
        FlowRollUp.period_s == FINE_S,
        FlowRollUp.start_at >= stretch.first - LONGEST_S,
        FlowRollUp.start_at < until,
    )
    cost = sum(
        requests if start_at >= stretch.first - FINE_S else requests / _PASSED_OVER
        for start_at, requests in session.execute(by_ten_minutes.group_by(FlowRollUp.start_at))
    )
    return Stretch(stretch.since, until, is_crowded=cost > _MOST_ROWS)


def arrived(stretch: Stretch) -> tuple[ColumnElement[bool], ...]:
    """The condition on rows of the journal that arrived in it."""
    return JournalRow.arrived_at >= stretch.first, JournalRow.arrived_at < stretch.until


def rolled(
    period_s: InstrumentedAttribute[int], start_at: InstrumentedAttribute[int], stretch: Stretch
) -> tuple[ColumnElement[bool], ...]:
    """The condition on roll-ups, by these columns of theirs, of its steps."""
    return period_s == stretch.step_s, start_at >= stretch.first, start_at < stretch.until
