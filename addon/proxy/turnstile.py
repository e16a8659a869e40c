"""The gate's asyncio half: turns its effects into woken coroutines and keeps the one timer.

Promise: a coroutine that awaits `enter` is woken in the same turn of the loop in which the gate admits or refuses
its ticket. Nothing polls. The decisions are all `core.gate`'s.
"""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import replace
from random import SystemRandom

from addon.core.aging import US_PER_S
from addon.core.effects import Abort, Admit, Effect, Refuse
from addon.core.estimate import Forecast, OfferedLoad, ServiceTimes
from addon.core.gate import Gate
from addon.core.limits import GateLimits
from addon.core.refusal import Reason, Refusal
from addon.core.served_at_once import ServedAtOnce
from addon.core.ticket import Ticket, TicketState

_MOST_REMEMBERED = 1000
_OVERLOADED = frozenset({Reason.OWN_LIMIT, Reason.QUEUE_FULL, Reason.WAITED_TOO_LONG})
_TURNS_TO_SEND = 2
"""Of the event loop: one to wake up and open the connection, one until it is open."""
_spread = SystemRandom()
_log = logging.getLogger(__name__)


def monotonic_us() -> int:
    """The gate's clock: microseconds, never set back."""
    return time.monotonic_ns() // 1000


class Turnstile:
    """Holds each request until its ticket is admitted.

    `on_abort` is called for an admitted ticket whose upstream connection has to be closed, with the refusal and
    with who wants it; whoever closes it then calls `end`. `on_demand` is told, after every decision, how many of
    those who wait could be admitted at once.
    """

    def __init__(self, gate: Gate, clock: Callable[[], int] = monotonic_us) -> None:
        self.gate = gate
        self.clock = clock
        self.forecast = Forecast(
            ServiceTimes(), OfferedLoad(), gate.limits.aging_per_minute, gate.limits.max_hold_s
        )
        self.served_at_once = ServedAtOnce()
        self.on_abort: Callable[[Ticket, Refusal, str], None] = _nobody_aborts
        self.on_demand: Callable[[int], None] = _nobody_prepares
        self.moves = 0
        """Counted up whenever the line or who runs may have changed."""
        self._verdicts: dict[str, asyncio.Future[Refusal | None]] = {}
        self._called: set[str] = set()
        """Admitted tickets whose coroutines have not run since."""
        self._ended: OrderedDict[str, Ticket] = OrderedDict()
        self._timer: asyncio.TimerHandle | None = None
        self._timer_us = 0
        self._idle = asyncio.Event()

    def find(self, ticket_id: str) -> Ticket | None:
        """A live ticket, or one that has ended lately; names are UUIDs, in either case."""
        ticket_id = ticket_id.lower()
        return self.gate.find(ticket_id) or self._ended.get(ticket_id)

    def is_taken(self, ticket: Ticket) -> bool:
        """Whether the name is that of a live ticket, or of another principal's that has ended lately."""
        known = self.find(ticket.id)
        return known is not None and (known.is_live or known.principal.id != ticket.principal.id)

    async def enter(self, ticket: Ticket) -> Refusal | None:
        """Wait for the ticket's turn: None means go, anything else is the answer to give.

        Raises ValueError for a ticket whose name is taken.
        """
        if self.is_taken(ticket):
            raise ValueError(f"ticket {ticket.id} is taken")
        verdict: asyncio.Future[Refusal | None] = asyncio.get_running_loop().create_future()
        self._verdicts[ticket.id] = verdict
        now_us = self.clock()
        self.forecast.load.arrived(ticket.base, self.forecast.times.expected_s(ticket), now_us)
        self._carry_out(self.gate.arrive(ticket, now_us))
        try:
            refusal = await verdict
        finally:
            self._called.discard(ticket.id)
        return refusal and self._with_hint(ticket, refusal)

    def progress(self, ticket: Ticket) -> None:
        """The upstream sent something for this ticket."""
        was_silent, now_us = ticket.first_byte_us is None, self.clock()
        self.gate.progress(ticket, now_us)
        # What comes behind the end of its ticket leaves no trace there.
        if was_silent and ticket.first_byte_us is not None:
            self.served_at_once.began(ticket, self.gate.running, now_us)
            # From now on the shorter deadline for silence counts; later bytes only move it away.
            self._set_timer()

    def end(self, ticket: Ticket, state: TicketState, by: str) -> None:
        """The ticket's request is over: free its slot, or withdraw it if it waits. Repeatable."""
        if ticket.state is TicketState.WAITING:
            self._withdraw(ticket, Refusal(Reason.CANCELLED), by)
        elif ticket.holds_slot:
            now_us = self.clock()
            effects = self.gate.end(ticket, state, now_us, by)
            self._remember(ticket)
            # The next one first: nothing that is learned from this end is worth its time.
            self._carry_out(effects)
            self._learn(ticket, now_us)
            self.served_at_once.ended(ticket, self.gate.running, now_us)

    def dismiss(self, ticket: Ticket, refusal: Refusal) -> None:
        """Refuse a ticket that waits for something it can never get."""
        if ticket.state is TicketState.WAITING:
            self._withdraw(ticket, refusal, by="gate")

    def cancel(self, ticket: Ticket, by: str) -> None:
        """End a live ticket on somebody's wish."""
        self._carry_out(self.gate.cancel(ticket, self.clock(), by))

    def bump(self, ticket: Ticket) -> None:
        """Move a waiting ticket to the front."""
        self.moves += 1
        self.gate.bump(ticket)

    def rebase(self, ticket: Ticket, base: int) -> None:
        """Give a waiting ticket another base priority."""
        self.moves += 1
        self.gate.rebase(ticket, base)

    def change_limits(self, limits: GateLimits) -> None:
        """Work by other numbers from now on."""
        self.forecast = replace(
            self.forecast, aging_per_minute=limits.aging_per_minute, max_hold_s=limits.max_hold_s
        )
        self._carry_out(self.gate.change_limits(limits, self.clock()))

    def control(self, wish: str) -> None:
        """Pause, resume or drain the gate."""
        self.moves += 1
        match wish:
            case "pause":
                self.gate.pause()
            case "resume":
                self._carry_out(self.gate.resume(self.clock()))
            case "drain":
                self._carry_out(self.gate.drain(self.clock()))
            case _:
                raise ValueError(f"the gate knows no {wish!r}")

    async def step_aside(self) -> None:
        """Let those who were just admitted send their requests before the caller goes on.

        Every millisecond in which the model has nothing to do is lost to everybody who waits.
        """
        if self._called:
            for _ in range(_TURNS_TO_SEND):
                await asyncio.sleep(0)

    async def wait_until_idle(self) -> None:
        """Return once nobody waits and nobody runs."""
        while not self.gate.is_idle:
            self._idle.clear()
            await self._idle.wait()

    def _withdraw(self, ticket: Ticket, refusal: Refusal, by: str) -> None:
        effects = self.gate.withdraw(ticket, self.clock(), by)
        self._decide(ticket, refusal)
        self._carry_out(effects)

    def _carry_out(self, effects: Iterable[Effect]) -> None:
        self.moves += 1
        for effect in effects:
            match effect:
                case Admit(ticket):
                    self._decide(ticket, None)
                case Refuse(ticket, refusal):
                    self._decide(ticket, refusal)
                case Abort(ticket, refusal, by):
                    self._abort(ticket, refusal, by)
        if self.gate.is_idle:
            self._idle.set()
        self.on_demand(min(len(self._verdicts), self.gate.limits.slots))
        self._set_timer()

    def _abort(self, ticket: Ticket, refusal: Refusal, by: str) -> None:
        try:
            self.on_abort(ticket, refusal, by)
        except Exception:  # noqa: BLE001 - the effects behind this one are other people's turns
            _log.exception("ticket %s could not be ended and keeps its slot until its upstream ends", ticket.id)

    def _decide(self, ticket: Ticket, refusal: Refusal | None) -> None:
        verdict = self._verdicts.pop(ticket.id, None)
        if verdict is not None and not verdict.done():
            verdict.set_result(refusal)
            if refusal is None:
                self._called.add(ticket.id)
        if refusal is not None:
            self._remember(ticket)

    def _with_hint(self, ticket: Ticket, refusal: Refusal) -> Refusal:
        # When a place will be free again, told with some spread, lest all who were refused come back at once.
        if refusal.reason not in _OVERLOADED:
            return refusal
        gate, now_us = self.gate, self.clock()
        owner = ticket.principal if refusal.reason is Reason.OWN_LIMIT else None
        wait_s = self.forecast.until_a_place_is_free_s(
            gate.waiting, gate.running, gate.limits.slots, now_us, owner
        )
        return replace(refusal, hint_s=round(wait_s * _spread.uniform(0.8, 1.2)))

    def _learn(self, ticket: Ticket, now_us: int) -> None:
        # What was cut short says nothing about how long such a request takes.
        if ticket.state is TicketState.DONE and ticket.admitted_us is not None:
            self.forecast.times.learn(ticket, (now_us - ticket.admitted_us) / US_PER_S)

    def _remember(self, ticket: Ticket) -> None:
        self._ended[ticket.id] = ticket
        while len(self._ended) > _MOST_REMEMBERED:
            self._ended.popitem(last=False)

    def _set_timer(self) -> None:
        due_us = self.gate.next_deadline_us()
        if due_us is not None and self._timer is not None and self._timer_us <= due_us:
            return  # it rings in time; when nothing is due then, it is set anew
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if due_us is not None:
            delay_s = max(0, due_us - self.clock()) / US_PER_S
            self._timer = asyncio.get_running_loop().call_later(delay_s, self._tick)
            self._timer_us = due_us

    def _tick(self) -> None:
        self._timer = None
        self._carry_out(self.gate.tick(self.clock()))


def _nobody_aborts(ticket: Ticket, refusal: Refusal, by: str) -> None:
    del by
    raise RuntimeError(f"nobody can end {ticket.id} ({refusal.reason.code}): on_abort was never set")


def _nobody_prepares(count: int) -> None:
    del count
