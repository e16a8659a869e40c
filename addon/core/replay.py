"""What if: real arrivals sent through the real gate once more, with other numbers.

Promise: the order is decided by `core.gate` itself, so a replay cannot differ from what the gate would do. What is
assumed is that each request would have run as long as it did, that everybody would have come all the same, and
that their limits on running were those they have now.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from addon.core.aging import US_PER_S
from addon.core.effects import Admit, Effect
from addon.core.gate import Gate
from addon.core.limits import GateLimits
from addon.core.principal import Principal, PrincipalClass
from addon.core.ticket import Ticket, TicketState
from addon.core.waits import WaitSummary, summarize

_FOREVER_S = 10.0**9


@dataclass(frozen=True, slots=True)
class Arrival:
    """One request of the past: when it came (seconds from any origin), whose it was, with which base, and how long
    it ran."""

    arrived_s: float
    principal: Principal
    base: int
    ran_s: float


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The numbers to try. `base` replaces the bases of those who had their class's own, `usual`."""

    slots: int
    aging_per_minute: float
    base: Mapping[PrincipalClass, int]
    usual: Mapping[PrincipalClass, int]


def without_places(principal: Principal) -> Principal:
    """The same, held to no limit on waiting: nobody is turned away from a replay."""
    owners = principal.owners and replace(principal.owners, max_waiting=None)
    return replace(principal, max_waiting=None, owners=owners)


def replay(arrivals: Iterable[Arrival], numbers: WhatIf) -> Mapping[PrincipalClass, WaitSummary]:
    """How long each class would have waited. Takes some 60 us an arrival."""
    gate = Gate(_limits(numbers))
    ends: list[tuple[int, int, Ticket]] = []
    ran_us: dict[str, int] = {}
    waits_s: defaultdict[PrincipalClass, list[float]] = defaultdict(list)

    def carry_out(effects: Sequence[Effect], now_us: int) -> None:
        for effect in effects:
            if isinstance(effect, Admit):
                ticket = effect.ticket
                waits_s[ticket.principal.principal_class].append(ticket.waited_us(now_us) / US_PER_S)
                heapq.heappush(ends, (now_us + ran_us[ticket.id], ticket.sequence, ticket))

    def end_until(now_us: float) -> None:
        while ends and ends[0][0] <= now_us:
            ended_us, _, ticket = heapq.heappop(ends)
            carry_out(gate.end(ticket, TicketState.DONE, ended_us, "upstream"), ended_us)

    for number, arrival in enumerate(sorted(arrivals, key=lambda one: one.arrived_s)):
        now_us = round(arrival.arrived_s * US_PER_S)
        end_until(now_us)
        ticket = _ticket(str(number), arrival, numbers, now_us)
        ran_us[ticket.id] = round(arrival.ran_s * US_PER_S)
        carry_out(gate.arrive(ticket, now_us), now_us)
    end_until(float("inf"))
    return {principal_class: summarize(waits) for principal_class, waits in waits_s.items()}


def _ticket(ticket_id: str, arrival: Arrival, numbers: WhatIf, now_us: int) -> Ticket:
    kind = arrival.principal.principal_class
    base = numbers.base[kind] if arrival.base == numbers.usual[kind] else arrival.base
    return Ticket(ticket_id, arrival.principal, "", "", base, now_us)


def _limits(numbers: WhatIf) -> GateLimits:
    """Nobody is refused or timed out, so that every arrival has a wait to compare."""
    return GateLimits(
        slots=numbers.slots,
        aging_per_minute=numbers.aging_per_minute,
        max_waiting=10**9,
        max_waiting_per_principal=10**9,
        max_wait_s=dict.fromkeys(PrincipalClass, _FOREVER_S),
        first_byte_timeout_s=_FOREVER_S,
        idle_timeout_s=_FOREVER_S,
        max_hold_s=_FOREVER_S,
    )
