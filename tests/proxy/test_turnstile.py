"""The turnstile without a network: every coroutine is woken in the turn of its decision, and nothing is lost."""

# What a test of the inside looks at has no public name.
# pyright: reportPrivateUsage=false

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import replace

import pytest

from addon.core.gate import Gate
from addon.core.principal import Principal
from addon.core.refusal import Reason, Refusal
from addon.core.ticket import Ticket, TicketState
from addon.proxy.tasks import spawn
from addon.proxy.turnstile import Turnstile, monotonic_us
from tests.core.builders import make_limits, make_principal, make_ticket

ANN, BOB = make_principal("key:1"), make_principal("key:2")


def _ticket(name: str, owner: Principal = ANN) -> Ticket:
    ticket = make_ticket(name, principal=owner)
    ticket.arrived_us = monotonic_us()
    return ticket


class Entering:
    """A coroutine inside `enter`, and what it was told."""

    def __init__(self, turnstile: Turnstile, ticket: Ticket) -> None:
        self.verdicts: list[Refusal | None] = []
        self.task = spawn(self._enter(turnstile.enter(ticket)), name=ticket.id)

    async def _enter(self, entering: Coroutine[object, object, Refusal | None]) -> None:
        self.verdicts.append(await entering)


async def _turns(count: int = 3) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


@pytest.fixture
def turnstile() -> Turnstile:
    return Turnstile(Gate(make_limits()))


async def test_a_free_slot_lets_one_through_at_once(turnstile: Turnstile) -> None:
    assert await turnstile.enter(_ticket("a")) is None
    assert turnstile.gate.running[0].id == "a"


async def test_the_next_is_woken_by_the_end_of_the_one_before(turnstile: Turnstile) -> None:
    first, second = _ticket("a"), _ticket("b")
    await turnstile.enter(first)
    entering = Entering(turnstile, second)
    await _turns()
    assert entering.verdicts == []
    turnstile.end(first, TicketState.DONE, "upstream")
    await _turns()
    assert entering.verdicts == [None]
    turnstile.end(first, TicketState.DONE, "upstream")
    assert turnstile.gate.running == (second,), "a second end frees nothing"


async def test_the_end_of_a_waiting_ticket_withdraws_it_and_wakes_its_coroutine(turnstile: Turnstile) -> None:
    first, second = _ticket("a"), _ticket("b")
    await turnstile.enter(first)
    entering = Entering(turnstile, second)
    await _turns()
    turnstile.end(second, TicketState.CANCELLED, "client")
    await _turns()
    assert entering.verdicts == [Refusal(Reason.CANCELLED)]
    assert (second.state, second.ended_by) == (TicketState.CANCELLED, "client")
    assert turnstile.find("b") is second


async def test_a_taken_name_cannot_enter_and_its_holder_keeps_its_turn(turnstile: Turnstile) -> None:
    first, second, double = _ticket("a"), _ticket("b"), _ticket("b")
    await turnstile.enter(first)
    entering = Entering(turnstile, second)
    await _turns()
    assert turnstile.is_taken(double)
    with pytest.raises(ValueError, match="taken"):
        await turnstile.enter(double)
    turnstile.end(first, TicketState.DONE, "upstream")
    await _turns()
    assert entering.verdicts == [None]


async def test_an_ended_name_is_its_principals_to_use_again(turnstile: Turnstile) -> None:
    first = _ticket("a")
    await turnstile.enter(first)
    turnstile.end(first, TicketState.DONE, "upstream")
    assert not turnstile.is_taken(_ticket("a"))
    assert turnstile.is_taken(_ticket("a", BOB))


async def test_the_timer_refuses_what_has_waited_too_long() -> None:
    limits = make_limits()
    turnstile = Turnstile(Gate(replace(limits, max_wait_s=dict.fromkeys(limits.max_wait_s, 0.02))))
    first = _ticket("a")
    await turnstile.enter(first)
    refusal = await asyncio.wait_for(turnstile.enter(_ticket("b")), 1)
    assert refusal is not None
    assert refusal.reason is Reason.WAITED_TOO_LONG
    turnstile.end(first, TicketState.DONE, "upstream")
    assert turnstile._timer is None


@pytest.mark.parametrize(("wish", "state"), [("pause", "paused"), ("resume", "open"), ("drain", "draining")])
async def test_wishes_change_the_gates_state(turnstile: Turnstile, wish: str, state: str) -> None:
    turnstile.control(wish)
    assert turnstile.gate.state == state


async def test_an_unknown_wish_is_an_error(turnstile: Turnstile) -> None:
    with pytest.raises(ValueError, match="'open'"):
        turnstile.control("open")


async def test_it_is_idle_only_when_nobody_waits_and_nobody_runs(turnstile: Turnstile) -> None:
    await turnstile.wait_until_idle()
    first = _ticket("a")
    await turnstile.enter(first)
    idle = spawn(turnstile.wait_until_idle(), name="idle")
    await _turns()
    assert not idle.done()
    turnstile.end(first, TicketState.DONE, "upstream")
    await asyncio.wait_for(idle, 1)


async def test_a_failing_abort_is_logged_and_others_get_their_turn(
    turnstile: Turnstile, caplog: pytest.LogCaptureFixture
) -> None:
    first = _ticket("a")
    await turnstile.enter(first)
    with caplog.at_level(logging.ERROR):
        turnstile.cancel(first, by="test")
    assert "on_abort was never set" in caplog.text
    aborted: list[str] = []

    def record(ticket: Ticket, *_: object) -> None:
        aborted.append(ticket.id)

    turnstile.on_abort = record
    turnstile.cancel(first, by="test")
    assert aborted == [], "an abort is asked for once"


async def test_a_stream_that_falls_silent_is_ended_at_the_idle_deadline_and_not_at_the_longer_first() -> None:
    limits = replace(make_limits(), first_byte_timeout_s=900, idle_timeout_s=0.05)
    turnstile, ended = Turnstile(Gate(limits)), asyncio.Event()
    turnstile.on_abort = lambda _ticket, _refusal, _by: ended.set()
    first = _ticket("a")
    await turnstile.enter(first)
    turnstile.progress(first)
    await asyncio.wait_for(ended.wait(), 1)


async def test_progress_marks_the_first_byte(turnstile: Turnstile) -> None:
    first = _ticket("a")
    await turnstile.enter(first)
    turnstile.progress(first)
    assert (first.state, first.first_byte_us is not None) == (TicketState.STREAMING, True)
    turnstile.bump(first)
    turnstile.end(first, TicketState.DONE, "upstream")


async def test_whoever_was_just_admitted_goes_before_the_one_that_steps_aside(turnstile: Turnstile) -> None:
    first, second = _ticket("a"), _ticket("b")
    await turnstile.enter(first)
    order: list[str] = []

    async def enter_and_send() -> None:
        await turnstile.enter(second)
        order.append("woken")
        await asyncio.sleep(0)  # while its connection is opened
        order.append("sent")

    sending = spawn(enter_and_send(), name="b")
    await _turns()
    turnstile.end(first, TicketState.DONE, "upstream")
    await turnstile.step_aside()
    assert order == ["woken", "sent"]
    await sending


async def test_nobody_steps_aside_for_nobody(turnstile: Turnstile) -> None:
    first = _ticket("a")
    await turnstile.enter(first)
    turnstile.end(first, TicketState.DONE, "upstream")
    turns: list[None] = []
    asyncio.get_running_loop().call_soon(turns.append, None)
    await turnstile.step_aside()
    assert turns == []


async def test_it_tells_how_many_of_those_who_wait_could_be_admitted_at_once() -> None:
    turnstile = Turnstile(Gate(make_limits(slots=2)))
    told: list[int] = []
    turnstile.on_demand = told.append
    tickets = [_ticket(name) for name in "abcde"]
    entering = [Entering(turnstile, ticket) for ticket in tickets]
    await _turns()
    assert told == [0, 0, 1, 2, 2]
    for ticket in tickets:
        turnstile.end(ticket, TicketState.DONE, "upstream")
    assert told[5:] == [2, 1, 0, 0, 0]
    await asyncio.gather(*(each.task for each in entering))


async def test_many_decisions_share_one_timer(turnstile: Turnstile, monkeypatch: pytest.MonkeyPatch) -> None:
    first = _ticket("a")
    await turnstile.enter(first)
    timers: list[object] = []
    set_timer = turnstile._set_timer

    def note() -> None:
        set_timer()
        timers.append(turnstile._timer)

    monkeypatch.setattr(turnstile, "_set_timer", note)
    entering = [Entering(turnstile, _ticket(str(number))) for number in range(20)]
    await _turns()
    assert len(timers) == 20
    assert len(set(timers)) == 1
    turnstile.control("drain")
    await asyncio.gather(*(each.task for each in entering))
    turnstile.end(first, TicketState.DONE, "upstream")
