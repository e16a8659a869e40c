"""The gate: who waits, who runs, and who is next. It decides; it does nothing.

Two rules make it testable. Everything that changes a ticket's state stands in this file. Nothing here does I/O,
awaits, or reads a clock: every method takes the present instant (microseconds of one monotonic clock) and
returns the effects its caller has to carry out, in order.

The caller's duties: tell the gate of every arrival (`arrive`), of a client that leaves while it waits
(`withdraw`), of bytes from the upstream (`progress`), of the end of every upstream exchange (`end`), and of
time passing (`tick`, no later than `next_deadline_us`). All of them may be repeated; a second one does nothing.

What always holds between two calls:
  - nobody is admitted beyond `slots` (fewer slots than before: none is, until enough have ended);
  - no slot is free while the gate is open and an admissible ticket waits (no lost wake-up);
  - the ticket admitted is the one with the best effective priority among the admissible ones;
  - every admitted ticket frees its slot exactly once, and an ended ticket holds none.
"""

from enum import StrEnum

from addon.core.aging import order_key
from addon.core.deadlines import Deadlines
from addon.core.effects import Abort, Admit, Effect, Refuse
from addon.core.limits import GateLimits
from addon.core.line import Line
from addon.core.quotas import Quotas
from addon.core.refusal import Reason, Refusal
from addon.core.ticket import Ticket, TicketState


class GateState(StrEnum):
    """open: admits. paused: takes requests but admits nobody. draining: takes no new requests."""

    OPEN = "open"
    PAUSED = "paused"
    DRAINING = "draining"


class Gate:
    """One upstream's queue and slots."""

    def __init__(self, limits: GateLimits) -> None:
        self.limits = limits
        self.state = GateState.OPEN
        self._line = Line()
        self._live: dict[str, Ticket] = {}
        self._running: dict[str, Ticket] = {}
        self._aborting: set[str] = set()
        self._quotas = Quotas()
        self._deadlines = Deadlines(limits)
        self._sequence = 0
        self._bumps = 0

    def __repr__(self) -> str:
        used = f"{len(self._running)}/{self.limits.slots}"
        return f"<Gate {self.state}, {used} running, {len(self._line)} waiting>"

    # What it looks like from outside

    @property
    def waiting(self) -> tuple[Ticket, ...]:
        """Waiting tickets, the next one first."""
        return tuple(self._line)

    @property
    def running(self) -> tuple[Ticket, ...]:
        """Tickets that hold a slot, in the order of admission."""
        return tuple(self._running.values())

    @property
    def is_idle(self) -> bool:
        """Whether nobody waits and nobody runs."""
        return not self._live

    def find(self, ticket_id: str) -> Ticket | None:
        """A live ticket by its id."""
        return self._live.get(ticket_id)

    def is_aborting(self, ticket: Ticket) -> bool:
        """Whether somebody has been asked to end this running ticket."""
        return ticket.id in self._aborting and self._live.get(ticket.id) is ticket

    def own_limit_reached(self, ticket: Ticket) -> int | None:
        """How many its owner may run at once, if no further one may run for that; None while one may."""
        return self._quotas.reached(ticket.principal)

    def position(self, ticket: Ticket) -> int:
        """The exact place in line, 1 being next; 0 for a ticket that no longer waits."""
        return self._line.position(ticket) if ticket.state is TicketState.WAITING else 0

    # What happens to it

    def arrive(self, ticket: Ticket, now_us: int) -> list[Effect]:
        """Take a new request: admit it, let it wait (no effect for it), or refuse it."""
        if ticket.state is not TicketState.WAITING or self._live.get(ticket.id) is ticket:
            return []
        refusal = self._refuse_arrival(ticket)
        if refusal is not None:
            self._close(ticket, TicketState.REFUSED, now_us, by="gate")
            return [Refuse(ticket, refusal)]
        self._sequence += 1
        ticket.sequence = self._sequence
        ticket.order_key = self._key(ticket)
        self._live[ticket.id] = ticket
        self._enqueue(ticket)
        ticket.position_at_arrival = self._line.position(ticket)
        self._deadlines.note(ticket, self._line)
        return self._admit(now_us)

    def withdraw(self, ticket: Ticket, now_us: int, by: str = "client") -> list[Effect]:
        """Forget a waiting ticket whose client has left."""
        if ticket.state is TicketState.WAITING:
            self._close(ticket, TicketState.CANCELLED, now_us, by)
        return self._admit(now_us)

    def progress(self, ticket: Ticket, now_us: int) -> None:
        """Note that the upstream sent something for a running ticket."""
        if not ticket.holds_slot:
            return
        if ticket.first_byte_us is None:
            ticket.first_byte_us = now_us
            ticket.state = TicketState.STREAMING
        ticket.last_byte_us = now_us

    def end(self, ticket: Ticket, state: TicketState, now_us: int, by: str) -> list[Effect]:
        """Free a running ticket's slot: its upstream exchange is over, body read or socket closed."""
        if ticket.holds_slot:
            self._close(ticket, state, now_us, by)
        return self._admit(now_us)

    def cancel(self, ticket: Ticket, now_us: int, by: str) -> list[Effect]:
        """End a live ticket on somebody's wish; repeating it changes nothing."""
        refusal = Refusal(Reason.CANCELLED)
        if ticket.state is TicketState.WAITING:
            self._close(ticket, TicketState.CANCELLED, now_us, by)
            return [Refuse(ticket, refusal), *self._admit(now_us)]
        return self._abort(ticket, refusal, by)

    def bump(self, ticket: Ticket) -> None:
        """Move a waiting ticket to the front, ahead of everybody who waits and of everybody who will come.

        Only a later bump puts somebody before it.
        """
        is_waiting = ticket.state is TicketState.WAITING
        if is_waiting and not (ticket.is_bumped and self.position(ticket) == 1):
            self._bumps += 1
            self._move(ticket, ticket.order_key, bump=self._bumps)

    def rebase(self, ticket: Ticket, base: int) -> None:
        """Give a waiting ticket another base priority; what it has waited goes on counting, a bump does not."""
        if ticket.state is TicketState.WAITING:
            ticket.base = base
            self._move(ticket, self._key(ticket), bump=0)

    def change_limits(self, limits: GateLimits, now_us: int) -> list[Effect]:
        """Work by other numbers from now on; fewer slots take effect as running requests end."""
        has_other_rate = limits.aging_per_minute != self.limits.aging_per_minute
        self.limits = limits
        self._deadlines.change(limits, self._line)
        if has_other_rate:
            self._redate()
        return self._admit(now_us)

    def pause(self) -> None:
        """Admit nobody until `resume`; requests are still taken, running ones go on."""
        self.state = GateState.PAUSED

    def resume(self, now_us: int) -> list[Effect]:
        """Admit again."""
        self.state = GateState.OPEN
        return self._admit(now_us)

    def drain(self, now_us: int) -> list[Effect]:
        """Take nothing new and hand back everybody who waits; running ones go on."""
        self.state = GateState.DRAINING
        handed_back = self.waiting
        for ticket in handed_back:
            self._close(ticket, TicketState.REFUSED, now_us, by="gate")
        return [Refuse(ticket, Refusal(Reason.DRAINING)) for ticket in handed_back]

    def tick(self, now_us: int) -> list[Effect]:
        """Enforce every deadline that has passed."""
        effects: list[Effect] = []
        for ticket, refusal in self._deadlines.expired(now_us):
            self._close(ticket, TicketState.TIMED_OUT, now_us, by="gate")
            effects.append(Refuse(ticket, refusal))
        for ticket in self.running:
            due_us, refusal = self._deadlines.of_running(ticket)
            if due_us <= now_us:
                effects += self._abort(ticket, refusal, by="gate")
        return effects + self._admit(now_us)

    def next_deadline_us(self) -> int | None:
        """When `tick` is needed next, or None. It may name an instant at which nothing turns out to be due."""
        return self._deadlines.next_us([ticket for ticket in self.running if ticket.id not in self._aborting])

    # How it decides

    def _refuse_arrival(self, ticket: Ticket) -> Refusal | None:
        if ticket.id in self._live:
            return Refusal(Reason.TICKET_TAKEN)
        if self.state is GateState.DRAINING:
            return Refusal(Reason.DRAINING)
        # Whoever would be admitted at once does not wait, so the limits on waiting do not concern them.
        if self._has_free_slot_for(ticket):
            return None
        own_limit = self._quotas.full(ticket.principal, self.limits.max_waiting_per_principal)
        if own_limit is not None:
            return Refusal(Reason.OWN_LIMIT, str(own_limit))
        if len(self._line) >= self.limits.max_waiting:
            return Refusal(Reason.QUEUE_FULL, str(len(self._line)))
        return None

    def _admit(self, now_us: int) -> list[Effect]:
        effects: list[Effect] = []
        while (ticket := self._next_admissible()) is not None:
            self._dequeue(ticket)
            ticket.state = TicketState.ADMITTED
            ticket.admitted_us = now_us
            self._running[ticket.id] = ticket
            self._quotas.run(ticket.principal, 1)
            effects.append(Admit(ticket))
        return effects

    def _next_admissible(self) -> Ticket | None:
        if self.state is not GateState.OPEN or len(self._running) >= self.limits.slots:
            return None
        return next((ticket for ticket in self._line if self._quotas.may_run(ticket.principal)), None)

    def _has_free_slot_for(self, ticket: Ticket) -> bool:
        is_free = self.state is GateState.OPEN and len(self._running) < self.limits.slots
        return is_free and self._quotas.may_run(ticket.principal)

    def _abort(self, ticket: Ticket, refusal: Refusal, by: str) -> list[Effect]:
        if not ticket.holds_slot or ticket.id in self._aborting:
            return []
        self._aborting.add(ticket.id)
        return [Abort(ticket, refusal, by)]

    def _key(self, ticket: Ticket) -> int:
        return order_key(ticket.base, ticket.arrived_us, self.limits.aging_per_minute)

    def _move(self, ticket: Ticket, key: int, bump: int) -> None:
        self._line.remove(ticket)
        ticket.order_key, ticket.bump = key, bump
        self._line.add(ticket)

    def _redate(self) -> None:
        for ticket in tuple(self._line):
            self._move(ticket, self._key(ticket), ticket.bump)

    def _enqueue(self, ticket: Ticket) -> None:
        self._line.add(ticket)
        self._quotas.wait(ticket.principal, 1)

    def _dequeue(self, ticket: Ticket) -> None:
        self._line.remove(ticket)
        self._quotas.wait(ticket.principal, -1)

    def _close(self, ticket: Ticket, state: TicketState, now_us: int, by: str) -> None:
        # A refused newcomer is known to nothing here, even if it shares its id with a live ticket.
        if self._live.get(ticket.id) is ticket:
            if ticket.state is TicketState.WAITING:
                self._dequeue(ticket)
            else:
                del self._running[ticket.id]
                self._aborting.discard(ticket.id)
                self._quotas.run(ticket.principal, -1)
            del self._live[ticket.id]
        ticket.state = state
        ticket.ended_us = now_us
        ticket.ended_by = by
