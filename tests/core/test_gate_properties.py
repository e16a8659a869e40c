"""Whatever happens to a gate in whatever order, it does what the brute-force oracle says."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)

from addon.core.effects import Admit
from addon.core.gate import Gate, GateState
from addon.core.principal import Principal, PrincipalClass, Quota
from addon.core.refusal import Reason
from addon.core.ticket import Ticket, TicketState
from tests.core.builders import arrive, at, make_limits, make_principal, make_ticket, patient
from tests.core.gate_oracle import Known, Oracle

PRINCIPALS = (
    make_principal("rule:1"),
    make_principal("key:1", PrincipalClass.CUSTOM_APP, max_running=1),
    make_principal("key:2", PrincipalClass.CUSTOM_APP, max_waiting=1),
    make_principal("user:1", PrincipalClass.WEB_CHAT),
    make_principal("user:2", PrincipalClass.WEB_CHAT, max_running=2, max_waiting=0),
    # A person, and two keys of theirs that count as theirs.
    make_principal("user:3", PrincipalClass.WEB_CHAT, max_running=1, max_waiting=3),
    make_principal("key:3", PrincipalClass.CUSTOM_APP, owners=Quota("user:3", 3, 1)),
    make_principal("key:4", PrincipalClass.CUSTOM_APP, max_waiting=1, owners=Quota("user:3", 3, 1)),
)
BASES = st.sampled_from([0, 1, 2, 3, 9])
ARRIVALS = st.tuples(st.sampled_from(PRINCIPALS), BASES)
# Points worth a whole number of microseconds, so that the oracle's fractions and the gate's integers must agree.
RATES = st.sampled_from([0.1, 0.5, 1.0, 2.5])
STEPS_US = st.sampled_from([0, 1, at(1), at(59.999999), at(60), at(600), at(601), at(900), at(1800)])
END_STATES = st.sampled_from([TicketState.DONE, TicketState.FAILED, TicketState.CANCELLED])


class GateMachine(RuleBasedStateMachine):
    """Every call a gate can get, in any order, on any ticket it ever saw."""

    tickets: Bundle[Ticket] = Bundle("tickets")

    @initialize(
        target=tickets,
        slots=st.integers(1, 3),
        rate=RATES,
        limits=st.sampled_from([(0, 0), (1, 1), (3, 2), (8, 5), (50, 50)]),
        crowd=st.lists(ARRIVALS, min_size=5, max_size=8),
    )
    def start(
        self, slots: int, rate: float, limits: tuple[int, int], crowd: list[tuple[Principal, int]]
    ) -> MultipleResults[Ticket]:
        in_all, of_one = limits
        numbers = make_limits(
            slots=slots, aging_per_minute=rate, max_waiting=in_all, max_waiting_per_principal=of_one
        )
        self.gate, self.oracle = Gate(numbers), Oracle(numbers)
        self.now_us = 0
        self.names = 0
        self.ended: list[tuple[Ticket, TicketState, int | None]] = []
        return self._arrive_all(crowd)

    # Requests that come

    @rule(target=tickets, owner=st.sampled_from(PRINCIPALS), base=BASES)
    def arrive(self, owner: Principal, base: int) -> Ticket:
        return self._arrive(make_ticket(self._fresh_name(), principal=owner, base=base))

    @rule(target=tickets, crowd=st.lists(ARRIVALS, min_size=2, max_size=5))
    def arrive_in_a_crowd(self, crowd: list[tuple[Principal, int]]) -> MultipleResults[Ticket]:
        return self._arrive_all(crowd)

    def _arrive_all(self, crowd: list[tuple[Principal, int]]) -> MultipleResults[Ticket]:
        return multiple(
            *(self._arrive(make_ticket(self._fresh_name(), principal=who, base=b)) for who, b in crowd)
        )

    @rule(target=tickets, namesake=tickets)
    def arrive_under_a_known_name(self, namesake: Ticket) -> Ticket:
        return self._arrive(make_ticket(namesake.id))

    @rule(owner=st.sampled_from(PRINCIPALS), base=BASES)
    def arrive_and_be_gone_in_the_same_turn(self, owner: Principal, base: int) -> None:
        ticket = self._arrive(make_ticket(self._fresh_name(), principal=owner, base=base))
        self.withdraw(ticket)
        self.end(ticket, TicketState.CANCELLED)
        assert self.oracle.find(ticket) is None

    @rule(ticket=tickets)
    def arrive_again(self, ticket: Ticket) -> None:
        self.oracle.settle(self.gate.arrive(ticket, self.now_us), self.now_us)

    def _fresh_name(self) -> str:
        self.names += 1
        return f"t{self.names}"

    def _arrive(self, ticket: Ticket) -> Ticket:
        ticket.arrived_us = self.now_us
        reason = self.oracle.refuses(ticket)
        if reason is None:
            self.oracle.take(ticket)
        effects = self.gate.arrive(ticket, self.now_us)
        self.oracle.settle(effects, self.now_us, refused={ticket.id: reason} if reason else None)
        if reason:
            assert ticket.state is TicketState.REFUSED
        return ticket

    # Requests that go

    @rule(ticket=tickets)
    def withdraw(self, ticket: Ticket) -> None:
        known = self._waiting(ticket)
        if known:
            self.oracle.forget(known)
        self.oracle.settle(self.gate.withdraw(ticket, self.now_us), self.now_us)
        self._note_end(known, TicketState.CANCELLED)

    @rule(ticket=tickets)
    def progress(self, ticket: Ticket) -> None:
        known = self._running(ticket)
        if known:
            known.last_byte_us = self.now_us
        self.gate.progress(ticket, self.now_us)

    @rule(step_us=STEPS_US)
    def everybody_streams_for_a_while(self, step_us: int) -> None:
        for known in self.oracle.running:
            self.progress(known.ticket)
        self.pass_time(step_us)

    @rule(state=END_STATES)
    def the_longest_runner_ends(self, state: TicketState) -> None:
        if self.oracle.running:
            self.end(self.oracle.running[0].ticket, state)

    @rule(ticket=tickets, state=END_STATES)
    def end(self, ticket: Ticket, state: TicketState) -> None:
        known = self._running(ticket)
        if known:
            self.oracle.forget(known)
        self.oracle.settle(self.gate.end(ticket, state, self.now_us, "upstream"), self.now_us)
        self._note_end(known, state)

    @rule(ticket=tickets)
    def cancel(self, ticket: Ticket) -> None:
        waiting, running = self._waiting(ticket), self._running(ticket)
        refused = {ticket.id: Reason.CANCELLED} if waiting else None
        aborted = {ticket.id: Reason.CANCELLED} if running and not running.is_aborted else None
        if waiting:
            self.oracle.forget(waiting)
        if running:
            running.is_aborted = True
        effects = self.gate.cancel(ticket, self.now_us, by="admin")
        self.oracle.settle(effects, self.now_us, refused=refused, aborted=aborted)
        self._note_end(waiting, TicketState.CANCELLED)

    # What the administrator does

    @rule(ticket=tickets)
    def bump(self, ticket: Ticket) -> None:
        known = self._waiting(ticket)
        if known:
            self.oracle.bump(known, self.now_us)
        self.gate.bump(ticket)
        assert self.gate.position(ticket) == (1 if known else 0)

    @rule()
    def bump_the_last(self) -> None:
        for ticket in self.gate.waiting[-1:]:
            self.bump(ticket)

    @rule(ticket=tickets, base=BASES)
    def rebase(self, ticket: Ticket, base: int) -> None:
        known, before = self._waiting(ticket), ticket.base
        self.gate.rebase(ticket, base)
        if known:
            known.bumped = 0
        assert ticket.base == (base if known else before)

    @rule(slots=st.integers(1, 3), rate=RATES, max_waiting=st.integers(0, 9), max_wait_s=st.sampled_from([1, 900]))
    def change_limits(self, slots: int, rate: float, max_waiting: int, max_wait_s: float) -> None:
        limits = replace(
            self.gate.limits,
            slots=slots,
            aging_per_minute=rate,
            max_waiting=max_waiting,
            max_wait_s=dict.fromkeys(PrincipalClass, max_wait_s),
        )
        self.oracle.limits = limits
        self.oracle.settle(self.gate.change_limits(limits, self.now_us), self.now_us)

    @precondition(lambda self: self.oracle.state is GateState.OPEN)
    @rule()
    def pause(self) -> None:
        self.gate.pause()
        self.oracle.state = GateState.PAUSED

    @rule()
    def resume(self) -> None:
        self.oracle.state = GateState.OPEN
        self.oracle.settle(self.gate.resume(self.now_us), self.now_us)

    @precondition(lambda self: self.oracle.state is not GateState.DRAINING)
    @rule()
    def drain(self) -> None:
        self.oracle.state = GateState.DRAINING
        handed_back = self.oracle.line(self.now_us)
        self.oracle.waiting.clear()
        refused = {known.ticket.id: Reason.DRAINING for known in handed_back}
        self.oracle.settle(self.gate.drain(self.now_us), self.now_us, refused=refused)
        for known in handed_back:
            self._note_end(known, TicketState.REFUSED)

    # What time does

    @rule(step_us=STEPS_US)
    def pass_time(self, step_us: int) -> None:
        self.now_us += step_us

    @rule()
    def tick(self) -> None:
        expired = [known for known in self.oracle.waiting if self.oracle.expires_us(known) <= self.now_us]
        for known in expired:
            self.oracle.forget(known)
        due = [k for k in self.oracle.running if not k.is_aborted and self.oracle.due(k)[0] <= self.now_us]
        aborted = {known.ticket.id: self.oracle.due(known)[1] for known in due}
        for known in due:
            known.is_aborted = True
        refused = {known.ticket.id: Reason.WAITED_TOO_LONG for known in expired}
        self.oracle.settle(self.gate.tick(self.now_us), self.now_us, refused=refused, aborted=aborted)
        for known in expired:
            self._note_end(known, TicketState.TIMED_OUT)

    @rule()
    def jump_to_the_next_deadline(self) -> None:
        self.now_us = max(self.now_us, self.oracle.next_deadline_us() or 0)
        self.tick()

    # What always holds

    @invariant()
    def the_line_and_its_positions_are_the_brute_force_order(self) -> None:
        line = [known.ticket for known in self.oracle.line(self.now_us)]
        assert [ticket.id for ticket in self.gate.waiting] == [ticket.id for ticket in line]
        assert [self.gate.position(ticket) for ticket in line] == list(range(1, len(line) + 1))
        assert all(self.gate.find(ticket.id) is ticket for ticket in line)

    @invariant()
    def slots_are_held_by_who_was_admitted_and_has_not_ended(self) -> None:
        gate, oracle = self.gate, self.oracle
        assert [ticket.id for ticket in gate.running] == [known.ticket.id for known in oracle.running]
        assert all(ticket.holds_slot and gate.position(ticket) == 0 for ticket in gate.running)
        assert oracle.admissions - oracle.releases == len(gate.running)
        assert gate.is_idle == (not oracle.waiting and not oracle.running)

    @invariant()
    def an_ended_ticket_stays_as_it_ended(self) -> None:
        for ticket, state, ended_us in self.ended:
            assert (ticket.state, ticket.ended_us) == (state, ended_us)
            assert self.gate.find(ticket.id) is not ticket

    @invariant()
    def no_deadline_is_announced_too_late(self) -> None:
        due_us, announced_us = self.oracle.next_deadline_us(), self.gate.next_deadline_us()
        assert due_us is None or (announced_us is not None and announced_us <= due_us)

    @invariant()
    def the_representation_tells_the_state(self) -> None:
        used = f"{len(self.oracle.running)}/{self.gate.limits.slots} running"
        assert repr(self.gate) == f"<Gate {self.oracle.state}, {used}, {len(self.oracle.waiting)} waiting>"

    def _waiting(self, ticket: Ticket) -> Known | None:
        return next((known for known in self.oracle.waiting if known.ticket is ticket), None)

    def _running(self, ticket: Ticket) -> Known | None:
        return next((known for known in self.oracle.running if known.ticket is ticket), None)

    def _note_end(self, known: Known | None, state: TicketState) -> None:
        if known:
            assert (known.ticket.state, known.ticket.ended_us) == (state, self.now_us)
            self.ended.append((known.ticket, state, self.now_us))


TestGate = GateMachine.TestCase
TestGate.settings = settings(deadline=None, max_examples=150, stateful_step_count=50)


@given(
    arrivals=st.lists(st.tuples(BASES, st.integers(0, at(3600))), max_size=20),
    slots=st.integers(1, 3),
    rate=RATES | st.sampled_from([0.0, 0.7]),
)
@patient
def test_positions_are_the_order_of_admission_if_nobody_else_comes(
    arrivals: list[tuple[int, int]], slots: int, rate: float
) -> None:
    gate = Gate(make_limits(slots=slots, aging_per_minute=rate))
    gate.pause()
    for number, (base, arrived_us) in enumerate(sorted(arrivals, key=lambda arrival: arrival[1])):
        arrive(gate, make_ticket(str(number), base=base, arrived_s=arrived_us / at(1)))
    promised = {gate.position(ticket): ticket for ticket in gate.waiting}
    effects = gate.resume(at(3600))
    admitted: list[Ticket] = []
    while effects:
        admitted += [effect.ticket for effect in effects if isinstance(effect, Admit)]
        effects = gate.end(gate.running[0], TicketState.DONE, at(3600), "upstream")
    assert admitted == [promised[place] for place in range(1, len(arrivals) + 1)]
