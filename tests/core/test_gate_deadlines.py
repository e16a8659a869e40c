"""The gate enforces every deadline, no earlier and no later, and says when it wants to be asked."""

import pytest

from addon.core.effects import Abort, Admit, Refuse
from addon.core.gate import Gate
from addon.core.principal import PrincipalClass
from addon.core.refusal import Reason, Refusal
from addon.core.ticket import TicketState
from tests.core.builders import arrive, at, busy_gate, make_limits, make_principal, make_ticket

WEB = make_principal("user:1", PrincipalClass.WEB_CHAT)


@pytest.mark.parametrize(
    ("kind", "waits_s"),
    [(PrincipalClass.DIRECT_API, 900), (PrincipalClass.CUSTOM_APP, 3600), (PrincipalClass.WEB_CHAT, 1800)],
)
def test_each_class_waits_as_long_as_it_may(kind: PrincipalClass, waits_s: int) -> None:
    gate, ticket = Gate(make_limits()), make_ticket("a", principal=make_principal("x", kind), arrived_s=5)
    gate.pause()
    arrive(gate, ticket)
    assert gate.next_deadline_us() == at(5 + waits_s)
    assert gate.tick(at(5 + waits_s) - 1) == []
    assert gate.tick(at(5 + waits_s)) == [Refuse(ticket, Refusal(Reason.WAITED_TOO_LONG, str(waits_s)))]
    assert (ticket.state, ticket.ended_by) == (TicketState.TIMED_OUT, "gate")
    assert gate.next_deadline_us() is None


@pytest.mark.parametrize(
    ("progress_s", "due_s", "reason", "detail"),
    [
        ([], 900, Reason.FIRST_BYTE_TIMEOUT, "900"),
        ([10], 610, Reason.IDLE_TIMEOUT, "600"),
        ([10, 500], 1100, Reason.IDLE_TIMEOUT, "600"),
        ([10, 600, 1200], 1800, Reason.IDLE_TIMEOUT, "600"),
        ([10, 600, 1201], 1800, Reason.HELD_TOO_LONG, "1800"),
        ([10, 600, 1100, 1700], 1800, Reason.HELD_TOO_LONG, "1800"),
    ],
)
def test_a_running_ticket_is_aborted_when_its_deadline_passes(
    progress_s: list[int], due_s: int, reason: Reason, detail: str
) -> None:
    gate, holder = busy_gate()
    for seconds in progress_s:
        gate.progress(holder, at(seconds))
    assert gate.next_deadline_us() == at(due_s)
    assert gate.tick(at(due_s) - 1) == []
    assert gate.tick(at(due_s)) == [Abort(holder, Refusal(reason, detail))]
    assert gate.tick(at(due_s)) == []
    assert gate.next_deadline_us() is None
    assert gate.running == (holder,)


def test_after_an_abort_a_new_ticket_of_the_same_name_can_be_aborted_again() -> None:
    gate, holder = busy_gate()
    gate.tick(at(900))
    gate.end(holder, TicketState.TIMED_OUT, at(901), "gate")
    namesake = make_ticket(holder.id, arrived_s=902)
    assert arrive(gate, namesake) == [Admit(namesake)]
    assert gate.next_deadline_us() == at(1802)
    assert gate.tick(at(1802)) == [Abort(namesake, Refusal(Reason.FIRST_BYTE_TIMEOUT, "900"))]


def test_a_deadline_of_the_line_that_came_to_nothing_is_forgotten() -> None:
    gone, stays = make_ticket("gone"), make_ticket("stays", principal=WEB)
    gate, holder = busy_gate(gone, stays)
    gate.cancel(holder, at(1), by="admin")
    assert gate.next_deadline_us() == at(900)
    gate.withdraw(gone, at(2))
    assert gate.next_deadline_us() == at(1800)
    assert gate.tick(at(900)) == []


def test_a_tick_passes_over_the_deadlines_of_those_who_no_longer_wait() -> None:
    gate, ticket = Gate(make_limits()), make_ticket("a")
    arrive(gate, ticket)
    gate.progress(ticket, at(899))
    assert gate.tick(at(901)) == []
    assert gate.running == (ticket,)


def test_more_slots_are_used_at_the_next_tick_and_fewer_when_tickets_end() -> None:
    one, two = make_ticket("one"), make_ticket("two")
    gate, holder = busy_gate(one, two)
    gate.limits = make_limits(slots=2)
    assert gate.tick(at(1)) == [Admit(one)]
    gate.limits = make_limits(slots=1)
    assert gate.end(holder, TicketState.DONE, at(2), "upstream") == []
    assert gate.end(one, TicketState.DONE, at(3), "upstream") == [Admit(two)]
