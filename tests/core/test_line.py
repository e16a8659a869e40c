"""The line keeps its order and its positions, whatever is added and removed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.core.line import Line
from addon.core.ticket import Ticket
from tests.core.builders import make_ticket, patient


def placed(order_key: int, sequence: int) -> Ticket:
    """A ticket that stands at the given place."""
    ticket = make_ticket(f"t{sequence}")
    ticket.order_key, ticket.sequence = order_key, sequence
    return ticket


def line_of(*tickets: Ticket) -> Line:
    """A line into which the tickets came one after the other."""
    line = Line()
    for ticket in tickets:
        line.add(ticket)
    return line


def test_an_empty_line_is_empty() -> None:
    line = Line()
    assert len(line) == 0
    assert list(line) == []


def test_the_smallest_key_is_first_and_the_sequence_breaks_ties() -> None:
    late, early, twin = placed(20, 1), placed(10, 2), placed(10, 3)
    line = line_of(twin, late, early)
    assert list(line) == [early, twin, late]


def test_removing_a_ticket_moves_up_those_behind_it() -> None:
    one, two, three = placed(1, 1), placed(2, 2), placed(3, 3)
    line = line_of(one, two, three)
    line.remove(two)
    assert [line.position(one), line.position(three)] == [1, 2]


@pytest.mark.parametrize("stranger", [placed(99, 9), placed(1, 1), placed(0, 0)], ids=["behind", "twin", "before"])
def test_a_ticket_that_is_not_in_the_line_is_a_key_error(stranger: Ticket) -> None:
    line = line_of(placed(1, 1), placed(2, 2))
    with pytest.raises(KeyError, match=stranger.id):
        line.remove(stranger)
    with pytest.raises(KeyError, match=stranger.id):
        line.position(stranger)
    assert len(line) == 2


@given(keys=st.lists(st.integers(-5, 5), max_size=40), data=st.data())
@patient
def test_positions_are_always_the_places_in_a_sorted_list(keys: list[int], data: st.DataObject) -> None:
    tickets = [placed(key, sequence) for sequence, key in enumerate(keys)]
    line = line_of(*tickets)
    leaving = data.draw(st.lists(st.sampled_from(tickets), unique_by=id)) if tickets else []
    for ticket in leaving:
        line.remove(ticket)
    stayed = sorted((t for t in tickets if not any(t is gone for gone in leaving)), key=lambda t: t.place)
    assert list(line) == stayed
    assert [line.position(ticket) for ticket in stayed] == list(range(1, len(stayed) + 1))
