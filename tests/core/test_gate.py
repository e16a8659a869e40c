"""The gate, method by method; see also test_gate_deadlines, and test_gate_properties for any sequence of calls."""

import pytest

from addon.core.effects import Abort, Admit, Effect, Refuse
from addon.core.gate import Gate, GateState
from addon.core.principal import PrincipalClass
from addon.core.refusal import Reason, Refusal
from addon.core.ticket import Ticket, TicketState
from tests.core.builders import arrive, at, busy_gate, make_limits, make_principal, make_ticket

WEB = make_principal("user:1", PrincipalClass.WEB_CHAT)


def refusals(effects: list[Effect]) -> list[tuple[str, Reason]]:
    """Who is refused, and why."""
    return [(effect.ticket.id, effect.refusal.reason) for effect in effects if isinstance(effect, Refuse)]


def test_a_new_gate_is_open_and_idle() -> None:
    gate = Gate(make_limits())
    assert gate.state is GateState.OPEN
    assert gate.is_idle
    assert (gate.waiting, gate.running, gate.next_deadline_us()) == ((), (), None)


def test_a_free_slot_is_given_at_once() -> None:
    gate, ticket = Gate(make_limits()), make_ticket("a", arrived_s=5)
    assert gate.arrive(ticket, at(6)) == [Admit(ticket)]
    assert (ticket.state, ticket.admitted_us, ticket.position_at_arrival) == (TicketState.ADMITTED, at(6), 1)
    assert gate.running == (ticket,)
    assert gate.find("a") is ticket
    assert not gate.is_idle


def test_without_a_free_slot_the_ticket_waits_and_knows_its_position() -> None:
    one, two = make_ticket("one"), make_ticket("two")
    gate, _ = busy_gate(one, two)
    assert gate.waiting == (one, two)
    assert [gate.position(ticket) for ticket in (one, two)] == [1, 2]
    assert [ticket.position_at_arrival for ticket in (one, two)] == [1, 2]
    assert gate.find("two") is two


def test_a_freed_slot_goes_to_the_best_effective_priority() -> None:
    chat = make_ticket("chat", base=3, arrived_s=0)
    early = make_ticket("early", base=1, arrived_s=1199)
    late = make_ticket("late", base=1, arrived_s=1201)
    gate, holder = busy_gate(chat, early, late)
    assert gate.waiting == (early, chat, late)
    assert gate.end(holder, TicketState.DONE, at(1300), "upstream") == [Admit(early)]


def test_equal_priorities_are_served_in_the_order_they_came() -> None:
    tickets = [make_ticket(name) for name in "zyx"]
    gate, _ = busy_gate(*tickets)
    assert list(gate.waiting) == tickets


def test_the_same_ticket_arriving_again_changes_nothing() -> None:
    waiting = make_ticket("waiting")
    gate, holder = busy_gate(waiting)
    assert arrive(gate, waiting, holder) == []
    assert (gate.waiting, gate.running) == ((waiting,), (holder,))
    gate.end(holder, TicketState.DONE, at(1), "upstream")
    assert arrive(gate, holder) == []
    assert holder.state is TicketState.DONE
    assert gate.running == (waiting,)


@pytest.mark.parametrize("name", ["waiting", "holder0"])
def test_the_name_of_a_live_ticket_is_taken(name: str) -> None:
    waiting, twin = make_ticket("waiting"), make_ticket(name)
    gate, holder = busy_gate(waiting)
    assert arrive(gate, twin) == [Refuse(twin, Refusal(Reason.TICKET_TAKEN))]
    assert (twin.state, twin.ended_by) == (TicketState.REFUSED, "gate")
    assert (gate.waiting, gate.running) == ((waiting,), (holder,))


def test_the_name_of_an_ended_ticket_is_free_again() -> None:
    gate, again = Gate(make_limits()), make_ticket("a")
    first = make_ticket("a")
    arrive(gate, first)
    gate.end(first, TicketState.DONE, at(1), "upstream")
    assert arrive(gate, again) == [Admit(again)]
    assert gate.end(first, TicketState.DONE, at(2), "upstream") == []
    assert gate.find("a") is again


@pytest.mark.parametrize(
    ("max_waiting", "general", "own", "expected"),
    [
        (500, 2, None, (Reason.OWN_LIMIT, "2")),
        (500, 50, 2, (Reason.OWN_LIMIT, "2")),
        (500, 2, 0, (Reason.OWN_LIMIT, "0")),
        (2, 50, None, (Reason.QUEUE_FULL, "2")),
        (2, 2, None, (Reason.OWN_LIMIT, "2")),
        (0, 50, None, (Reason.QUEUE_FULL, "0")),
    ],
)
def test_who_would_wait_beyond_a_limit_is_refused(
    max_waiting: int, general: int, own: int | None, expected: tuple[Reason, str]
) -> None:
    gate = Gate(make_limits(max_waiting=max_waiting, max_waiting_per_principal=general))
    owner = make_principal(max_waiting=own)
    first = make_ticket("first", principal=owner)
    assert arrive(gate, first) == [Admit(first)]
    refused = [arrive(gate, make_ticket(f"t{number}", principal=owner)) for number in range(3)][-1]
    assert refused == [Refuse(refused[0].ticket, Refusal(*expected))]
    assert gate.find("t2") is None


def test_another_principal_may_still_wait_when_one_is_at_its_limit() -> None:
    gate, _ = busy_gate()
    gate.limits = make_limits(max_waiting_per_principal=1)
    mine, too_many, other = make_ticket("a"), make_ticket("b"), make_ticket("c", principal=WEB)
    assert refusals(arrive(gate, mine, too_many, other)) == [("b", Reason.OWN_LIMIT)]
    assert gate.waiting == (mine, other)


def test_a_place_in_line_is_free_again_when_its_ticket_leaves() -> None:
    gate, _ = busy_gate()
    gate.limits = make_limits(max_waiting_per_principal=1)
    first, second = make_ticket("first"), make_ticket("second")
    arrive(gate, first)
    gate.withdraw(first, at(1))
    assert arrive(gate, second) == []


def test_limits_on_waiting_do_not_concern_who_need_not_wait() -> None:
    gate, _ = busy_gate(slots=1)
    gate.limits = make_limits(slots=2, max_waiting=1, max_waiting_per_principal=1)
    single = make_principal("key:9", max_running=1)
    running, waiting = (make_ticket(name, principal=single) for name in ("running", "waiting"))
    assert arrive(gate, running, waiting) == [Admit(running)]
    gate.limits = make_limits(slots=3, max_waiting=1, max_waiting_per_principal=1)
    newcomer = make_ticket("newcomer", principal=WEB)
    assert arrive(gate, newcomer) == [Admit(newcomer)]


def test_a_principal_at_its_own_running_limit_lets_others_pass() -> None:
    single = make_principal("key:9", max_running=1)
    mine, also_mine = (make_ticket(name, principal=single) for name in ("mine", "also mine"))
    other = make_ticket("other", principal=WEB)
    gate = Gate(make_limits(slots=2))
    assert arrive(gate, mine, also_mine, other) == [Admit(mine), Admit(other)]
    assert gate.waiting == (also_mine,)
    assert gate.end(other, TicketState.DONE, at(1), "upstream") == []
    assert gate.end(mine, TicketState.DONE, at(2), "upstream") == [Admit(also_mine)]


def test_a_withdrawn_ticket_is_forgotten_and_repeating_it_does_nothing() -> None:
    ticket = make_ticket("a")
    gate, holder = busy_gate(ticket)
    assert gate.withdraw(ticket, at(1)) == []
    assert (ticket.state, ticket.ended_us, ticket.ended_by) == (TicketState.CANCELLED, at(1), "client")
    assert gate.withdraw(ticket, at(2), by="somebody") == []
    assert ticket.ended_by == "client"
    assert gate.end(holder, TicketState.DONE, at(3), "upstream") == []
    assert gate.is_idle


def test_a_running_ticket_cannot_be_withdrawn() -> None:
    gate, holder = busy_gate()
    assert gate.withdraw(holder, at(1)) == []
    assert gate.running == (holder,)


def test_progress_notes_the_first_and_the_last_byte() -> None:
    gate, holder = busy_gate()
    gate.progress(holder, at(2))
    assert (holder.state, holder.first_byte_us, holder.last_byte_us) == (TicketState.STREAMING, at(2), at(2))
    gate.progress(holder, at(5))
    assert (holder.first_byte_us, holder.last_byte_us) == (at(2), at(5))


def test_progress_of_a_ticket_that_does_not_run_is_ignored() -> None:
    ticket = make_ticket("a")
    gate, holder = busy_gate(ticket)
    gate.progress(ticket, at(1))
    gate.end(holder, TicketState.FAILED, at(2), "upstream")
    gate.progress(holder, at(3))
    assert (holder.state, holder.last_byte_us) == (TicketState.FAILED, None)
    assert ticket.first_byte_us is None


def test_ending_twice_frees_one_slot() -> None:
    one, two = make_ticket("one"), make_ticket("two")
    gate, holder = busy_gate(one, two)
    assert gate.end(holder, TicketState.DONE, at(1), "upstream") == [Admit(one)]
    assert gate.end(holder, TicketState.FAILED, at(2), "client") == []
    assert (holder.state, holder.ended_us, holder.ended_by) == (TicketState.DONE, at(1), "upstream")
    assert gate.running == (one,)


def test_a_ticket_that_ends_in_the_turn_that_admits_it_holds_no_slot() -> None:
    one, two = make_ticket("one"), make_ticket("two")
    gate, holder = busy_gate(one, two)
    assert gate.end(holder, TicketState.DONE, at(1), "upstream") == [Admit(one)]
    assert gate.end(one, TicketState.CANCELLED, at(1), "client") == [Admit(two)]
    assert gate.running == (two,)


def test_cancelling_a_waiting_ticket_refuses_it() -> None:
    ticket = make_ticket("a")
    gate, _ = busy_gate(ticket)
    assert gate.cancel(ticket, at(1), by="admin") == [Refuse(ticket, Refusal(Reason.CANCELLED))]
    assert (ticket.state, ticket.ended_by) == (TicketState.CANCELLED, "admin")
    assert gate.cancel(ticket, at(2), by="admin") == []


def test_cancelling_a_running_ticket_aborts_it_once_and_its_end_frees_the_slot() -> None:
    ticket = make_ticket("a")
    gate, holder = busy_gate(ticket)
    assert gate.cancel(holder, at(1), by="admin") == [Abort(holder, Refusal(Reason.CANCELLED), by="admin")]
    assert gate.cancel(holder, at(2), by="admin") == []
    assert gate.tick(at(90_000))[:1] == refuse_after_waiting(ticket)
    assert gate.running == (holder,)
    assert gate.end(holder, TicketState.CANCELLED, at(3), "admin") == []
    assert gate.is_idle


def refuse_after_waiting(ticket: Ticket) -> list[Effect]:
    """What a ticket of the direct API hears after 900 s."""
    return [Refuse(ticket, Refusal(Reason.WAITED_TOO_LONG, "900"))]


def test_a_bumped_ticket_is_next() -> None:
    one, two, three = (make_ticket(name, base=base) for name, base in (("one", 0), ("two", 5), ("three", 9)))
    gate, holder = busy_gate(one, two, three)
    gate.bump(three)
    assert gate.waiting == (three, one, two)
    assert gate.end(holder, TicketState.DONE, at(1), "upstream") == [Admit(three)]


def test_a_bumped_ticket_is_not_passed_by_whoever_comes_later() -> None:
    first, second = make_ticket("first", base=9), make_ticket("second", base=9)
    gate, _ = busy_gate(first, second)
    gate.bump(first)
    assert arrive(gate, make_ticket("later", base=0, arrived_s=1)) == []
    assert gate.waiting[0] is first
    gate.bump(second)
    assert [ticket.id for ticket in gate.waiting] == ["second", "first", "later"]


def test_a_better_base_does_not_pass_a_bumped_ticket() -> None:
    one, two = make_ticket("one", base=9), make_ticket("two", base=9)
    gate, _ = busy_gate(one, two)
    gate.bump(two)
    gate.rebase(one, 0)
    assert gate.waiting == (two, one)


def test_another_base_moves_a_waiting_ticket_and_keeps_what_it_has_waited() -> None:
    one, two = make_ticket("one", base=3), make_ticket("two", base=2, arrived_s=60)
    gate, holder = busy_gate(one, two)
    assert gate.waiting == (two, one)
    gate.rebase(one, 2)
    assert gate.waiting == (one, two)
    gate.rebase(holder, 9)
    assert holder.base == 1


def test_another_base_takes_a_bump_back() -> None:
    one, two = make_ticket("one"), make_ticket("two", base=2)
    gate, _ = busy_gate(one, two)
    gate.bump(two)
    gate.rebase(two, 2)
    assert gate.waiting == (one, two)


def test_more_slots_admit_at_once_and_fewer_wait_for_the_running_to_end() -> None:
    one, two = make_ticket("one"), make_ticket("two")
    gate, holder = busy_gate(one, two)
    assert gate.change_limits(make_limits(slots=2), at(1)) == [Admit(one)]
    assert gate.change_limits(make_limits(slots=1), at(2)) == []
    assert gate.end(holder, TicketState.DONE, at(3), "upstream") == []
    assert gate.end(one, TicketState.DONE, at(4), "upstream") == [Admit(two)]


def test_another_aging_rate_orders_the_line_anew_behind_the_bumped() -> None:
    old, new = make_ticket("old", base=3), make_ticket("new", base=1, arrived_s=600)
    first, second = make_ticket("first", base=9, arrived_s=600), make_ticket("second", base=9, arrived_s=600)
    gate, _ = busy_gate(old, new, first, second)
    gate.bump(second)
    gate.bump(first)
    assert gate.waiting == (first, second, new, old)
    assert gate.change_limits(make_limits(aging_per_minute=1.0), at(601)) == []
    assert gate.waiting == (first, second, old, new)


@pytest.mark.parametrize("name", ["bumped", "holder0", "ended", "stranger"])
def test_bumping_again_or_who_does_not_wait_changes_nothing(name: str) -> None:
    first, second, ended = make_ticket("first"), make_ticket("second"), make_ticket("ended")
    gate, holder = busy_gate(first, second, ended)
    gate.withdraw(ended, at(1))
    gate.bump(first)
    place = first.place
    others = {"bumped": first, "holder0": holder, "ended": ended, "stranger": make_ticket("stranger")}
    if name == "stranger":
        others[name].state = TicketState.DONE
    gate.bump(others[name])
    assert gate.waiting == (first, second)
    assert first.place == place


def test_bumping_in_an_empty_line_changes_nothing() -> None:
    gate, holder = busy_gate()
    gate.bump(holder)
    assert gate.waiting == ()


def test_a_paused_gate_takes_requests_and_admits_nobody() -> None:
    ticket = make_ticket("a")
    gate, holder = busy_gate()
    gate.pause()
    assert arrive(gate, ticket) == []
    assert gate.end(holder, TicketState.DONE, at(1), "upstream") == []
    assert gate.waiting == (ticket,)
    assert gate.resume(at(2)) == [Admit(ticket)]
    assert ticket.admitted_us == at(2)


def test_a_draining_gate_hands_back_the_line_and_lets_the_running_finish() -> None:
    one, two, late = (make_ticket(name) for name in ("one", "two", "late"))
    gate, holder = busy_gate(one, two)
    draining = Refusal(Reason.DRAINING)
    assert gate.drain(at(1)) == [Refuse(one, draining), Refuse(two, draining)]
    assert arrive(gate, late) == [Refuse(late, draining)]
    assert {ticket.state for ticket in (one, two, late)} == {TicketState.REFUSED}
    assert gate.running == (holder,)
    gate.end(holder, TicketState.DONE, at(2), "upstream")
    assert gate.is_idle
    assert gate.drain(at(3)) == []


def test_a_gate_without_aging_serves_by_base_alone() -> None:
    gate = Gate(make_limits(aging_per_minute=0))
    gate.pause()
    old, new = make_ticket("old", base=3), make_ticket("new", base=1, arrived_s=800)
    arrive(gate, old, new)
    assert gate.waiting == (new, old)


def test_the_representation_says_state_slots_and_line() -> None:
    gate, _ = busy_gate(make_ticket("a"))
    assert repr(gate) == "<Gate open, 1/1 running, 1 waiting>"
    gate.pause()
    assert repr(gate) == "<Gate paused, 1/1 running, 1 waiting>"
    gate.drain(at(1))
    assert repr(gate) == "<Gate draining, 1/1 running, 0 waiting>"


def test_a_ticket_that_does_not_wait_has_no_position() -> None:
    gate, holder = busy_gate()
    assert gate.position(holder) == 0
    assert gate.find("stranger") is None
