"""What kind of thing is before a waiting ticket: how many of each class, never whose."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from addon.core.principal import PrincipalClass
from addon.core.ticket import Ticket


def ahead_by_class(waiting: Iterable[Ticket]) -> Iterator[Mapping[PrincipalClass, int]]:
    """For each ticket of a line, in its order, how many of each class are before it.

    Classes with none are left out. Whoever wants to know it of one ticket stops there: only those before it
    have been counted.
    """
    counts: Counter[PrincipalClass] = Counter()
    for ticket in waiting:
        yield dict(counts)
        counts[ticket.principal.principal_class] += 1
