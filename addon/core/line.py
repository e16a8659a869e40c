"""The waiting line: tickets in the order in which they will be admitted, with exact positions.

A sorted list with bisection: finding a place or a position takes O(log n) comparisons, and the shift behind an
insertion is one memory move, cheaper than any tree for the few thousand tickets a gate will ever hold.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator
from operator import attrgetter

from addon.core.ticket import Ticket

_place = attrgetter("place")


class Line:
    """Waiting tickets, sorted by (order key, sequence)."""

    def __init__(self) -> None:
        self._tickets: list[Ticket] = []

    def __len__(self) -> int:
        return len(self._tickets)

    def __iter__(self) -> Iterator[Ticket]:
        return iter(self._tickets)

    def add(self, ticket: Ticket) -> None:
        """Put a ticket at its place."""
        insort(self._tickets, ticket, key=_place)

    def remove(self, ticket: Ticket) -> None:
        """Take a ticket out; it must be in the line."""
        del self._tickets[self._index(ticket)]

    def position(self, ticket: Ticket) -> int:
        """1 for the ticket that is next; it must be in the line."""
        return self._index(ticket) + 1

    def _index(self, ticket: Ticket) -> int:
        index = bisect_left(self._tickets, ticket.place, key=_place)
        if index == len(self._tickets) or self._tickets[index] is not ticket:
            raise KeyError(ticket.id)
        return index
