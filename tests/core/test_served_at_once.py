"""How many an upstream serves at a time: found where it serves fewer than there are slots, and only there."""

import heapq
import itertools
import random
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.core.effects import Admit, Effect
from addon.core.gate import Gate
from addon.core.served_at_once import ServedAtOnce
from addon.core.ticket import Ticket, TicketState
from tests.core.builders import arrive, at, make_limits, make_ticket, patient

MODEL = "gemma3:latest"
LONG = (2.0, 6.0)


@dataclass(frozen=True)
class Kind:
    """One client that asks, waits for its answer, and pauses; both take between so many seconds."""

    answer_s: tuple[float, float]
    pause_s: tuple[float, float]
    streams: bool


def _clients(kinds: Sequence[Kind], hours: float, seed: int) -> ServedAtOnce:
    """What is found in a house whose Ollama answers all of these clients at once: nobody waits anywhere."""
    dice, number = random.Random(seed), itertools.count()
    gate, found = Gate(make_limits(slots=len(kinds))), ServedAtOnce()
    events: list[tuple[float, int, str, Kind, Ticket | None]] = []

    def push(now_s: float, what: str, kind: Kind, ticket: Ticket | None = None) -> None:
        heapq.heappush(events, (now_s, next(number), what, kind, ticket))

    for kind in kinds:
        push(dice.uniform(0, 5), "ask", kind)
    while events[0][0] < hours * 3600:
        now_s, _, what, kind, ticket = heapq.heappop(events)
        if ticket is None:
            ticket, lasting_s = make_ticket(f"t{next(number)}", arrived_s=now_s), dice.uniform(*kind.answer_s)
            assert [type(effect) for effect in arrive(gate, ticket)] == [Admit]
            push(now_s + (0.3 if kind.streams else lasting_s), "begin", kind, ticket)
            push(now_s + 0.001 + lasting_s, "end", kind, ticket)
            continue
        gate.progress(ticket, at(now_s))
        if what == "begin":
            found.began(ticket, gate.running, at(now_s))
        else:
            gate.end(ticket, TicketState.DONE, at(now_s), "upstream")
            found.ended(ticket, gate.running, at(now_s))
            push(now_s + dice.uniform(*kind.pause_s), "ask", kind)
    return found


@pytest.mark.parametrize("seed", range(2))
def test_one_who_reads_a_stream_beside_apps_that_do_not_is_no_sign(seed: int) -> None:
    chat = Kind((5, 30), (5, 60), streams=True)
    app = Kind((3, 12), (0, 3), streams=False)
    assert _clients([chat, app, app, app], 12, seed).fewer_than(4) == {}


def test_answers_that_stay_silent_for_longer_outweigh_those_that_seem_to_have_waited() -> None:
    found, gate = ServedAtOnce(), Gate(make_limits(slots=2))
    for number, begins_s in enumerate([2.1, 9.0] * 6):
        start_s = 100.0 * number
        first, second = (make_ticket(f"{number} {name}", arrived_s=start_s) for name in ("first", "second"))
        for ticket in (first, second):
            arrive(gate, ticket)
        for ticket, begin_s, end_s in ((first, 0.1, 2.0), (second, begins_s, 12.0)):
            gate.progress(ticket, at(start_s + begin_s))
            found.began(ticket, gate.running, at(start_s + begin_s))
            gate.progress(ticket, at(start_s + end_s))
            gate.end(ticket, TicketState.DONE, at(start_s + end_s), "upstream")
            found.ended(ticket, gate.running, at(start_s + end_s))
    assert found.fewer_than(2) == {}


class Box:
    """A gate before an Ollama that answers so many at a time; further ones wait inside, first come, first served.

    An answer begins a tenth of a second after its turn and takes between `answer_s`; one in one piece begins at
    its end.
    """

    def __init__(
        self, slots: int, at_once: int, answer_s: tuple[float, float] = LONG, *, streams: bool = True
    ) -> None:
        self.gate, self.found = Gate(make_limits(slots=slots)), ServedAtOnce()
        self.places, self._answer_s, self._streams = at_once, answer_s, streams
        self._inside: deque[Ticket] = deque()
        self._events: list[tuple[float, int, str, Ticket]] = []
        self._number = itertools.count()
        self._now_s = 0.0

    def serve(self, requests: int, seed: int = 1) -> None:
        """So many requests that come at once, to the end of the last."""
        dice = random.Random(seed)
        for number in range(requests):
            ticket = make_ticket(f"t{number}", arrived_s=self._now_s)
            self._let_in(arrive(self.gate, ticket), self._now_s, dice)
        while self._events:
            now_s, _, what, ticket = heapq.heappop(self._events)
            self._now_s = now_s
            self._piece(ticket, now_s)
            if what == "end":
                self._end(ticket, now_s, dice)

    def _piece(self, ticket: Ticket, now_s: float) -> None:
        is_first = ticket.first_byte_us is None
        self.gate.progress(ticket, at(now_s))
        if is_first:
            self.found.began(ticket, self.gate.running, at(now_s))

    def _end(self, ticket: Ticket, now_s: float, dice: random.Random) -> None:
        effects = self.gate.end(ticket, TicketState.DONE, at(now_s), "upstream")
        self.found.ended(ticket, self.gate.running, at(now_s))
        self.places += 1
        self._let_in(effects, now_s, dice)

    def _let_in(self, effects: Iterable[Effect], now_s: float, dice: random.Random) -> None:
        self._inside.extend(effect.ticket for effect in effects if isinstance(effect, Admit))
        while self._inside and self.places:
            self.places -= 1
            ticket, begin_s = self._inside.popleft(), now_s + 0.1
            end_s = begin_s + dice.uniform(*self._answer_s)
            heapq.heappush(
                self._events, (begin_s if self._streams else end_s, next(self._number), "begin", ticket)
            )
            heapq.heappush(self._events, (end_s + 0.001, next(self._number), "end", ticket))


@pytest.mark.parametrize(("slots", "at_once"), [(2, 1), (4, 1), (4, 2), (8, 3)])
def test_an_ollama_that_serves_fewer_is_found(slots: int, at_once: int) -> None:
    box = Box(slots, at_once)
    box.serve(40)
    assert box.found.fewer_than(slots) == {MODEL: at_once}
    assert box.found.fewer_than(at_once) == {}


@patient
@given(slots=st.integers(1, 8), more=st.integers(0, 3), seed=st.integers(0, 1000))
def test_an_ollama_that_serves_as_many_is_never_accused(slots: int, more: int, seed: int) -> None:
    box = Box(slots, slots + more)
    box.serve(50, seed)
    assert box.found.fewer_than(slots) == {}


@pytest.mark.parametrize("streams", [True, False])
def test_short_answers_and_those_in_one_piece_prove_nothing(streams: bool) -> None:
    box = Box(4, 1, (0.05, 0.4) if streams else LONG, streams=streams)
    box.serve(40)
    assert box.found.fewer_than(4) == {}


def test_a_finding_is_taken_back_by_answers_beside_each_other() -> None:
    box = Box(2, 1)
    box.serve(20)
    assert box.found.fewer_than(2)
    box.places += 1  # Ollama was started again with OLLAMA_NUM_PARALLEL=2
    box.serve(4)
    assert box.found.fewer_than(2) == {}


def test_three_coincidences_are_no_finding() -> None:
    box = Box(2, 1)
    box.serve(4)
    assert box.found.fewer_than(2) == {}
    box.serve(4)
    assert box.found.fewer_than(2) == {MODEL: 1}


def test_of_many_models_the_longest_unheard_of_is_forgotten() -> None:
    box = Box(2, 1)
    box.serve(20)
    for number in range(100):
        assert box.found.fewer_than(2) == {MODEL: 1}
        ticket = make_ticket("t")
        ticket.model = f"m{number}"
        box.found.began(ticket, [ticket], at(number))
    assert box.found.fewer_than(2) == {}
