"""Those before a ticket are counted by class, exactly, and no further than asked."""

from collections import Counter
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from addon.core.ahead import ahead_by_class
from addon.core.principal import PrincipalClass
from addon.core.ticket import Ticket
from tests.core.builders import make_principal, make_ticket, patient

TOOL, APP, CHAT = PrincipalClass.DIRECT_API, PrincipalClass.CUSTOM_APP, PrincipalClass.WEB_CHAT


def line_of(*classes: PrincipalClass) -> list[Ticket]:
    """A ticket of each of these classes, in this order."""
    owners = (make_principal(f"rule:{number}", each) for number, each in enumerate(classes))
    return [make_ticket(f"t{number}", principal=owner) for number, owner in enumerate(owners)]


def test_each_ticket_is_told_what_kind_of_thing_is_before_it() -> None:
    assert list(ahead_by_class(line_of(TOOL, CHAT, TOOL, APP))) == [
        {},
        {TOOL: 1},
        {TOOL: 1, CHAT: 1},
        {TOOL: 2, CHAT: 1},
    ]


def test_nobody_further_behind_is_looked_at() -> None:
    def line() -> Iterator[Ticket]:
        yield from line_of(TOOL, CHAT)
        raise AssertionError("looked at somebody behind")

    told = ahead_by_class(line())
    assert [next(told), next(told)] == [{}, {TOOL: 1}]


@given(classes=st.lists(st.sampled_from(PrincipalClass), max_size=30))
@patient
def test_the_counts_are_those_of_the_places_before(classes: list[PrincipalClass]) -> None:
    for place, ahead in enumerate(ahead_by_class(line_of(*classes))):
        assert ahead == Counter(classes[:place])
        assert sum(ahead.values()) == place
