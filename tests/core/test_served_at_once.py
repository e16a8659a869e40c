"""How many an upstream serves at a time: found where it serves fewer than there are slots, and only there."""

import heapq
import itertools
import random
from collections import deque
from collections.abc import Iterable

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
