"""The waiting line: tickets in the order in which they will be admitted, with exact positions.

A sorted dictionary from a ticket's place to the ticket: finding a place or a position, adding and removing take
O(log n), measured up to 100,000 tickets (`scripts/bench`).
"""

from collections.abc import Iterator

from sortedcontainers import SortedDict

from addon.core.ticket import Ticket

type _Place = tuple[int, int, int]


class Line:
    """Waiting tickets, sorted by (bump, order key, sequence)."""

    def __init__(self) -> None:
        self._tickets: SortedDict[_Place, Ticket] = SortedDict()

    def __len__(self) -> int:
        return len(self._tickets)

    def __iter__(self) -> Iterator[Ticket]:
        return iter(self._tickets.values())

    def add(self, ticket: Ticket) -> None:
        """Put a ticket at its place."""
        self._tickets[ticket.place] = ticket

    def remove(self, ticket: Ticket) -> None:
        """Take a ticket out; it must be in the line."""
        del self._tickets[self._place(ticket)]

    def position(self, ticket: Ticket) -> int:
        """1 for the ticket that is next; it must be in the line."""
        return self._tickets.index(self._place(ticket)) + 1

    def _place(self, ticket: Ticket) -> _Place:
        place = ticket.place
        if self._tickets.get(place) is not ticket:
            raise KeyError(ticket.id)
        return place
