"""How long a waiting ticket will probably still wait, as a range.

The low end assumes that nobody better arrives: what the soonest running request still needs, plus the expected
work ahead, spread over the slots. The high end lets better classes keep coming as they did in the last ten minutes
(their decayed offered load rho), but never longer than aging allows them to pass:

    low  = R + A / N
    high = min(low / (1 - rho), low + rho x (base - best base) x point)

Where a request must be guessed at, because none like it has ended yet, the high end is several times the low one.

In simulation the high end was within a factor of two of the truth for 45 to 93 % of the requests, depending on
their class; the low end alone for as little as 1 %. So it is shown as a range and never counted down.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import exp, inf

from addon.core.aging import US_PER_S, point_us
from addon.core.principal import Principal
from addon.core.ticket import Ticket

FIRST_GUESS_S = 8.0
"""What a request is expected to take before anything is known about it."""
_GUESS_SPREAD = 4.0
"""How many times longer than guessed it may well take: models and prompts differ by more than that."""
_WEIGHT = 0.1
_MEMORY_US = 600 * US_PER_S
_MOST_LOAD = 0.95
_MOST_AVERAGES = 10_000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A waiting time to come, in seconds: between these two."""

    low_s: float
    high_s: float


class ServiceTimes:
    """Expected slot-seconds of a request: a moving average by principal and model, else by model."""

    def __init__(self) -> None:
        self._averages: dict[tuple[str, str], float] = {}

    def learn(self, ticket: Ticket, held_s: float) -> None:
        """Take a finished request into account."""
        for key in _keys(ticket):
            # Taken out and put back last, so that the first one is the one that went unused for longest: clients
            # choose the names of models, and there is no end to names.
            known = self._averages.pop(key, held_s)
            self._averages[key] = known + _WEIGHT * (held_s - known)
        while len(self._averages) > _MOST_AVERAGES:
            del self._averages[next(iter(self._averages))]

    def expected_s(self, ticket: Ticket) -> float:
        """What a request like this one will probably take."""
        known_s = self.known_s(ticket)
        return FIRST_GUESS_S if known_s is None else known_s

    def known_s(self, ticket: Ticket) -> float | None:
        """The same from requests like this one that have ended; None while there is none, and it is a guess."""
        return next((self._averages[key] for key in _keys(ticket) if key in self._averages), None)


class OfferedLoad:
    """How much work each base priority has brought lately, decaying over ten minutes."""

    def __init__(self) -> None:
        self._work_s: dict[int, tuple[float, int]] = {}

    def arrived(self, base: int, expected_s: float, now_us: int) -> None:
        """Count the work of a request that has just arrived."""
        self._work_s[base] = (self._present_s(base, now_us) + expected_s, now_us)

    def of_better(self, base: int, slots: int, now_us: int) -> float:
        """The share of the slots that better base priorities have asked for: 0 to 0.95."""
        work_s = sum(self._present_s(better, now_us) for better in self._work_s if better < base)
        return min(_MOST_LOAD, work_s / (slots * _MEMORY_US / US_PER_S))

    @property
    def best_base(self) -> int | None:
        """The best base priority seen."""
        return min(self._work_s, default=None)

    def _present_s(self, base: int, now_us: int) -> float:
        work_s, at_us = self._work_s.get(base, (0.0, now_us))
        return work_s * exp((at_us - now_us) / _MEMORY_US)


@dataclass(frozen=True, slots=True)
class Forecast:
    """Everything an estimate needs to know beside the tickets."""

    times: ServiceTimes
    load: OfferedLoad
    aging_per_minute: float
    max_hold_s: float = inf
    """After so long a request is ended by the gate, whatever was expected of it."""

    def of_waiting(
        self, waiting: Iterable[Ticket], running: Sequence[Ticket], slots: int, now_us: int
    ) -> Iterator[Estimate]:
        """The estimate of each waiting ticket, in their order."""
        ahead_s = 0.0
        remaining_s = self._soonest_end_s(running, slots, now_us)
        bound_s = min((self._hold_left_s(ticket, now_us) for ticket in running), default=0.0)
        is_known = all(self.times.known_s(ticket) is not None for ticket in running)
        for ticket in waiting:
            low_s = remaining_s + ahead_s / slots
            high_s = self._high_s(low_s, ticket.base, slots, now_us)
            guess_s = min(remaining_s * _GUESS_SPREAD, bound_s) + ahead_s / slots * _GUESS_SPREAD
            yield Estimate(low_s, high_s if is_known else max(high_s, guess_s))
            known_s = self.times.known_s(ticket)
            ahead_s += FIRST_GUESS_S if known_s is None else known_s
            is_known = is_known and known_s is not None

    def until_a_place_is_free_s(
        self,
        waiting: Sequence[Ticket],
        running: Sequence[Ticket],
        slots: int,
        now_us: int,
        owner: Principal | None = None,
    ) -> float:
        """Seconds until the first in line (of this owner, if one is named) will probably leave its place."""
        estimates = zip(waiting, self.of_waiting(waiting, running, slots, now_us), strict=True)
        own = (
            estimate.high_s
            for ticket, estimate in estimates
            if owner is None or owner.counts_with(ticket.principal)
        )
        return next(own, 0.0)

    def _soonest_end_s(self, running: Sequence[Ticket], slots: int, now_us: int) -> float:
        if len(running) < slots:
            return 0.0
        return min(self._remaining_s(ticket, now_us) for ticket in running)

    def _remaining_s(self, ticket: Ticket, now_us: int) -> float:
        expected_s = self.times.expected_s(ticket)
        elapsed_s = _elapsed_s(ticket, now_us)
        # What has lasted longer than expected will not end this instant, and the longer the less.
        left_s = max(expected_s - elapsed_s, expected_s / 4, elapsed_s - expected_s)
        return min(left_s, self._hold_left_s(ticket, now_us))

    def _hold_left_s(self, ticket: Ticket, now_us: int) -> float:
        return max(0.0, self.max_hold_s - _elapsed_s(ticket, now_us))

    def _high_s(self, low_s: float, base: int, slots: int, now_us: int) -> float:
        load = self.load.of_better(base, slots, now_us)
        best = self.load.best_base
        passable_s = max(0, base - (base if best is None else best)) * point_us(self.aging_per_minute) / US_PER_S
        return min(low_s / (1 - load), low_s + load * passable_s)


def _elapsed_s(ticket: Ticket, now_us: int) -> float:
    return 0.0 if ticket.admitted_us is None else (now_us - ticket.admitted_us) / US_PER_S


def _keys(ticket: Ticket) -> tuple[tuple[str, str], tuple[str, str]]:
    return (ticket.principal.id, ticket.model), ("", ticket.model)
