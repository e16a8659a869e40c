"""Why a ticket stands where it stands: the sentences, and that they never contradict the line."""

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.core.aging import order_key
from addon.core.gate import Gate
from addon.core.ticket import Ticket
from addon.core.why import Why
from tests.core.builders import arrive, at, make_limits, make_ticket, patient

NOW_S = 3600.0


def _ticket(base: int, waited_s: float, aging: float = 0.1, *, bump: int = 0, sequence: int = 0) -> Ticket:
    ticket = make_ticket("t", base=base, arrived_s=NOW_S - waited_s)
    ticket.order_key = order_key(base, ticket.arrived_us, aging)
    ticket.bump, ticket.sequence = bump, sequence
    return ticket


def _why(ticket: Ticket, above: Ticket | None, aging: float = 0.1, **more: Any) -> str:
    return _typed(Why(aging, at(NOW_S)).of(ticket, above, **more))


def _typed(said: str) -> str:
    """With the minus sign of keyboards."""
    return said.replace("\N{MINUS SIGN}", "-")


@pytest.mark.parametrize(
    ("mine", "above", "sentences"),
    [
        (
            (3, 720),
            (1, 30),
            (
                "Base 3, waited 12 min: 3 - 1.20 = 1.80; the one above: base 1, waited 30 s: 1 - 0.05 = 0.95. "
                "The lower number goes first. It is overtaken only by requests that arrive within 8 min "
                "with base 1, and 10 min longer for each point below."
            ),
        ),
        (
            (2, 1200),
            (3, 1830),
            (
                "Base 2, waited 20 min: 2 - 2.00 = 0.00; the one above: base 3, waited 30 min 30 s: "
                "3 - 3.05 = -0.05. The lower number goes first. Nobody who comes now gets ahead."
            ),
        ),
        (
            (2, 0),
            (3, 600.001),
            (
                "Base 2, waited less than 1 s: 2 - 0.000000 = 2.000000; the one above: base 3, waited 10 min: "
                "3 - 1.000002 = 1.999998. The lower number goes first. It is overtaken only by requests "
                "that arrive within 10 min with base 1, and 10 min longer for each point below."
            ),
        ),
        (
            (1, 20),
            (1, 3700),
            (
                "Both have base 1, so the one that came first goes first: the one above, by 1 h 1 min. "
                "It is overtaken only by requests that arrive within 9 min 40 s with base 0."
            ),
        ),
        (
            (2, 600),
            (3, 1200),
            (
                "Base 2, waited 10 min: 2 - 1.00 = 1.00; the one above: base 3, waited 20 min: 3 - 2.00 = 1.00. "
                "They are equal, so the one that came first goes first. "
                "It is overtaken only by requests that arrive within 10 min with base 0."
            ),
        ),
    ],
)
def test_the_arithmetic_is_told_in_words(
    mine: tuple[int, float], above: tuple[int, float], sentences: str
) -> None:
    assert _why(_ticket(*mine), _ticket(*above)) == sentences


def test_the_first_in_line_has_its_sum_and_nobody_ahead() -> None:
    said = _why(_ticket(0, 60), None)
    assert (
        said == "Base 0, waited 1 min: 0 - 0.10 = -0.10. Nobody is ahead of it. Nobody who comes now gets ahead."
    )


@pytest.mark.parametrize(
    ("mine", "above", "sentence"),
    [
        (1, None, "It was put at the front. Nobody is ahead of it."),
        (1, 2, "It was put at the front; the one above was put there later, so that one goes first."),
        (0, 1, "The one above was put at the front, ahead of every number."),
    ],
)
def test_a_bump_is_told_instead_of_numbers(mine: int, above: int | None, sentence: str) -> None:
    other = None if above is None else _ticket(3, 5, bump=above)
    assert _why(_ticket(1, 100, bump=mine), other).startswith(sentence)


def test_only_a_later_bump_gets_ahead_of_a_bumped_one() -> None:
    assert _why(_ticket(5, 1, bump=1), None).endswith(
        "Only a request that is put at the front after it gets ahead."
    )


@pytest.mark.parametrize(
    ("mine", "above", "sentences"),
    [
        (
            _ticket(3, 9000, 0),
            _ticket(1, 1, 0),
            (
                "Base 3; the one above: base 1, which is lower, and waiting does not count. "
                "Every newcomer with a base below 3 gets ahead."
            ),
        ),
        (
            _ticket(0, 1, 0),
            None,
            "Base 0 (waiting does not count). Nobody is ahead of it. Nobody who comes now gets ahead.",
        ),
    ],
)
def test_without_aging_no_waiting_counts(mine: Ticket, above: Ticket | None, sentences: str) -> None:
    assert _why(mine, above, 0) == sentences


def test_a_gate_that_admits_nobody_is_told() -> None:
    said = replace(Why(0.1, at(NOW_S)), is_admitting=False).of(_ticket(1, 1), None)
    assert said.endswith("Nobody is admitted until the gate is resumed.")


def test_whoever_is_held_back_by_their_own_limit_is_told() -> None:
    said = _why(_ticket(1, 1), None, held_to=2)
    assert said.endswith("Its owner runs 2 at once, which is the limit, so those behind it may go first.")


def test_whoever_is_behind_one_that_is_held_back_is_told() -> None:
    said = _why(_ticket(2, 1), _ticket(1, 1), is_above_held=True)
    assert said.endswith("The owner of the one above runs as many as they may, so this one may go before it.")


@st.composite
def _lines(draw: st.DrawFn) -> tuple[Gate, float, int]:
    aging = draw(st.sampled_from([0.0, 0.05, 0.1, 0.3, 0.7, 1.0, 60.0]))
    gate = Gate(make_limits(aging_per_minute=aging))
    gate.pause()
    waits = draw(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3 * 10**9)), min_size=2, max_size=8))
    by_arrival = sorted(waits, key=lambda one: one[1])
    tickets = [make_ticket(f"t{number}", base=base) for number, (base, _) in enumerate(by_arrival)]
    for ticket, (_, arrived_us) in zip(tickets, by_arrival, strict=True):
        ticket.arrived_us = arrived_us
    arrive(gate, *tickets)
    for number in draw(st.lists(st.integers(0, len(tickets) - 1), max_size=2)):
        gate.bump(tickets[number])
    return gate, aging, by_arrival[-1][1] + draw(st.integers(0, 10**9))


@given(_lines())
@patient
def test_the_numbers_said_always_agree_with_the_order(line: tuple[Gate, float, int]) -> None:
    gate, aging, now_us = line
    why = Why(aging, now_us)
    for above, ticket in zip(gate.waiting, gate.waiting[1:], strict=False):
        said = _typed(why.of(ticket, above))
        sums = re.findall(r"(\d) - (-?\d+\.\d+) = (-?\d+\.\d+)", said)
        numbers = [tuple(float(part) for part in found) for found in sums]
        assert all(abs(base - earned - effective) < 1e-9 for base, earned, effective in numbers)
        if "are equal" in said:
            assert numbers[0][2] == numbers[1][2]
            assert above.sequence < ticket.sequence
        elif "The lower number goes first" in said:
            assert numbers[1][2] < numbers[0][2]
        elif "came first" in said:
            assert above.base == ticket.base
            assert above.arrived_us <= ticket.arrived_us
        elif "which is lower" in said:
            assert above.base < ticket.base
        else:
            assert above.is_bumped


@given(
    base=st.integers(0, 9),
    waited_s=st.integers(0, 7200),
    later_s=st.integers(0, 7200),
    aging=st.sampled_from([0.1, 0.25, 1.0]),
    newcomer=st.integers(0, 9),
)
@patient
def test_who_is_said_to_overtake_does_and_nobody_else(
    base: int, waited_s: int, later_s: int, aging: float, newcomer: int
) -> None:
    ticket = _ticket(base, waited_s, aging)
    said = _why(ticket, None, aging)
    arrived_us = at(NOW_S + later_s)
    overtakes = order_key(newcomer, arrived_us, aging) < ticket.order_key
    found = re.search(r"within (.+?) with base (\d)", said)
    if found is None:
        assert not overtakes
        return
    limit_s, nearest, point_s = _seconds(found[1]), int(found[2]), 60 / aging
    allowed_s = limit_s + (nearest - newcomer) * point_s if newcomer <= nearest else -1
    # Hours are said to the minute, rounded up.
    blur_s = 60 if limit_s >= 3600 else 0
    assert overtakes == (later_s < allowed_s) or 0 <= allowed_s - later_s <= blur_s


def _seconds(words: str) -> int:
    units = {"h": 3600, "min": 60, "s": 1}
    return sum(int(number) * units[unit] for number, unit in re.findall(r"(\d+) (h|min|s)", words))
