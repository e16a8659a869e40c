"""A ticket knows whether it lives, whether it holds a slot, and how long it waited."""

import pytest

from addon.core.ticket import TicketState
from tests.core.builders import make_ticket


@pytest.mark.parametrize(
    ("state", "is_live", "holds_slot"),
    [
        (TicketState.WAITING, True, False),
        (TicketState.ADMITTED, True, True),
        (TicketState.STREAMING, True, True),
        (TicketState.DONE, False, False),
        (TicketState.FAILED, False, False),
        (TicketState.CANCELLED, False, False),
        (TicketState.TIMED_OUT, False, False),
        (TicketState.REFUSED, False, False),
    ],
)
def test_a_slot_is_held_exactly_while_admitted_or_streaming(
    state: TicketState, is_live: bool, holds_slot: bool
) -> None:
    ticket = make_ticket("a")
    ticket.state = state
    assert (ticket.is_live, ticket.holds_slot) == (is_live, holds_slot)


def test_every_state_stands_in_the_table_above() -> None:
    assert len(TicketState) == 8


def test_a_new_ticket_waits_and_nothing_has_happened_to_it() -> None:
    ticket = make_ticket("a")
    assert ticket.state is TicketState.WAITING
    assert (ticket.admitted_us, ticket.first_byte_us, ticket.last_byte_us, ticket.ended_us) == (None,) * 4
    assert ticket.ended_by == ""


def test_the_place_is_the_key_and_then_the_sequence() -> None:
    ticket = make_ticket("a")
    ticket.order_key, ticket.sequence = 7, 3
    assert ticket.place == (0, 7, 3)


def test_the_wait_grows_until_admission_and_then_stands_still() -> None:
    ticket = make_ticket("a", arrived_s=1.0)
    assert ticket.waited_us(3_000_000) == 2_000_000
    ticket.admitted_us = 4_000_000
    assert ticket.waited_us(9_000_000) == 3_000_000
