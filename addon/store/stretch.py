"""A stretch of time, and which rows and roll-ups tell of it.

Promise: short stretches are read from the rows themselves, longer ones from roll-ups of the length of their steps.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute

from addon.store.models import JournalRow
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


def arrived(stretch: Stretch) -> tuple[ColumnElement[bool], ...]:
    """The condition on rows of the journal that arrived in it."""
    return JournalRow.arrived_at >= stretch.first, JournalRow.arrived_at < stretch.until


def rolled(
    period_s: InstrumentedAttribute[int], start_at: InstrumentedAttribute[int], stretch: Stretch
) -> tuple[ColumnElement[bool], ...]:
    """The condition on roll-ups, by these columns of theirs, of its steps."""
    return period_s == stretch.step_s, start_at >= stretch.first, start_at < stretch.until
