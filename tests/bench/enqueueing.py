"""What an arrival costs the pure core, with so many waiting already.

Bases are mixed, so that newcomers find their place anywhere in the line and not only at its end. Each newcomer is
withdrawn again outside the measured time, which keeps the line as long as it is. All lengths take turns, so that
a machine that is now faster, now slower treats them alike.
"""

import math
import random
import time
from collections.abc import Iterator
from itertools import pairwise

from addon.core.gate import Gate
from addon.core.ticket import Ticket
from tests.bench.figures import Figure, Section
from tests.bench.scale import Scale
from tests.core.builders import at, make_limits, make_ticket

_APART_S = 0.01
_ENOUGH = 10**9
_AT_A_TIME = 50


class Line:
    """A gate with so many waiting, and what the arrival of further ones cost it, in microseconds."""

    def __init__(self, waiting: int) -> None:
        self.waiting = waiting
        self.costs_us: list[float] = []
        self._gate = Gate(make_limits(max_waiting=_ENOUGH, max_waiting_per_principal=_ENOUGH))
        self._newcomers = _newcomers()
        for _ in range(waiting + 1):  # one of them runs
            ticket = next(self._newcomers)
            self._gate.arrive(ticket, ticket.arrived_us)

    def measure(self, arrivals: int) -> None:
        """So many more arrivals, one after the other."""
        for _ in range(arrivals):
            ticket = next(self._newcomers)
            started_ns = time.perf_counter_ns()
            self._gate.arrive(ticket, ticket.arrived_us)
            self.costs_us.append((time.perf_counter_ns() - started_ns) / 1000)
            self._gate.withdraw(ticket, ticket.arrived_us + at(_APART_S))


def measure(scale: Scale) -> Section:
    """Cost by length, then its growth from each length to the next beside what log n would allow."""
    lines = [Line(waiting) for waiting in scale.waiting]
    for _ in range(scale.arrivals // _AT_A_TIME):
        for line in lines:
            line.measure(_AT_A_TIME)
    costs = [Figure(f"arrival with {line.waiting:,} waiting", line.costs_us, "us") for line in lines]
    return Section("Enqueue in the pure core", [*costs, *_growths(lines, costs)])


def _newcomers() -> Iterator[Ticket]:
    dice, number = random.Random(7), 0
    while True:
        yield make_ticket(str(number), base=dice.randrange(10), arrived_s=number * _APART_S)
        number += 1


def _growths(lines: list[Line], costs: list[Figure]) -> Iterator[Figure]:
    for (shorter, cost), (longer, higher) in pairwise(zip(lines, costs, strict=True)):
        growth = higher.median / cost.median
        allowed = math.log(longer.waiting) / math.log(shorter.waiting)
        yield Figure(f"growth from {shorter.waiting:,} to {longer.waiting:,}", [growth], "x", round(allowed, 2))
