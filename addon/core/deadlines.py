"""When a ticket's time is up: how long it may wait, stay silent, and hold its slot.

Waiting tickets' deadlines stand in a heap, because there may be thousands; running ones are few and are looked at.
"""

import heapq
from collections.abc import Iterator, Sequence

from addon.core.aging import US_PER_S
from addon.core.limits import GateLimits
from addon.core.line import Line
from addon.core.refusal import Reason, Refusal
from addon.core.ticket import Ticket, TicketState

_FEW = 64


class Deadlines:
    """Every deadline of one gate."""

    def __init__(self, limits: GateLimits) -> None:
        self._limits = limits
        self._expiries: list[tuple[int, int, Ticket]] = []

    def change(self, limits: GateLimits, waiting: Line) -> None:
        """Work by other limits from now on."""
        self._limits = limits
        self._rebuild(waiting)

    def note(self, ticket: Ticket, waiting: Line) -> None:
        """Remember when this newcomer, one of the `waiting`, has waited too long."""
        # Tickets that were served stay in the heap; once they are most of it, it is made anew.
        if len(self._expiries) > 2 * len(waiting) + _FEW:
            self._rebuild(waiting)
        else:
            heapq.heappush(self._expiries, self._expiry(ticket))

    def expired(self, now_us: int) -> Iterator[tuple[Ticket, Refusal]]:
        """The waiting tickets whose time is up, once each; the caller ends one before it asks for the next."""
        while self._expiries and self._expiries[0][0] <= now_us:
            ticket = heapq.heappop(self._expiries)[2]
            if ticket.state is TicketState.WAITING:
                waited_s = self._limits.max_wait_s[ticket.principal.principal_class]
                yield ticket, Refusal(Reason.WAITED_TOO_LONG, f"{waited_s:g}")

    def of_running(self, ticket: Ticket) -> tuple[int, Refusal]:
        """When a running ticket must be ended, and with which words."""
        limits, admitted_us = self._limits, ticket.admitted_us or 0
        if ticket.last_byte_us is None:
            silent_us = admitted_us + round(limits.first_byte_timeout_s * US_PER_S)
            silence = Refusal(Reason.FIRST_BYTE_TIMEOUT, f"{limits.first_byte_timeout_s:g}")
        else:
            silent_us = ticket.last_byte_us + round(limits.idle_timeout_s * US_PER_S)
            silence = Refusal(Reason.IDLE_TIMEOUT, f"{limits.idle_timeout_s:g}")
        held_us = admitted_us + round(limits.max_hold_s * US_PER_S)
        if silent_us <= held_us:
            return silent_us, silence
        return held_us, Refusal(Reason.HELD_TOO_LONG, f"{limits.max_hold_s:g}")

    def next_us(self, running: Sequence[Ticket]) -> int | None:
        """The first deadline of any waiting ticket, or of these running ones."""
        while self._expiries and self._expiries[0][2].state is not TicketState.WAITING:
            heapq.heappop(self._expiries)
        due = [self.of_running(ticket)[0] for ticket in running]
        if self._expiries:
            due.append(self._expiries[0][0])
        return min(due, default=None)

    def _rebuild(self, waiting: Line) -> None:
        self._expiries = [self._expiry(ticket) for ticket in waiting]
        heapq.heapify(self._expiries)

    def _expiry(self, ticket: Ticket) -> tuple[int, int, Ticket]:
        max_wait_s = self._limits.max_wait_s[ticket.principal.principal_class]
        return ticket.arrived_us + round(max_wait_s * US_PER_S), ticket.sequence, ticket
