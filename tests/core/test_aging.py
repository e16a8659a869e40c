"""The formula is exact, and the order it gives does not change by waiting."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.core.aging import US_PER_MINUTE, effective_priority, order_key, point_us
from tests.core.builders import patient

# Rates whose point is a whole number of microseconds; for these the integer key is the formula itself.
WHOLE_RATES = ("0.001", "0.01", "0.05", "0.1", "0.5", "1", "2.5", "60", "1000")
BASES = st.integers(0, 9)
INSTANTS = st.integers(0, 10**15)


def brute_force(base: int, waited_us: int, rate: str) -> Fraction:
    """The formula as the README says it, without any rounding."""
    return base - Fraction(rate) * Fraction(waited_us, US_PER_MINUTE)


def sign(number: Fraction | int) -> int:
    """-1, 0 or 1."""
    return (number > 0) - (number < 0)


@pytest.mark.parametrize(
    ("rate", "seconds"),
    [(0.1, 600), (0.5, 120), (1.0, 60), (1, 60), (0.01, 6000), (60, 1), (0.3, 200), (2.5, 24)],
)
def test_a_point_is_worth_one_minute_divided_by_the_rate(rate: float, seconds: int) -> None:
    assert point_us(rate) == seconds * 1_000_000


def test_the_rate_is_read_as_the_decimal_people_wrote() -> None:
    assert Fraction(0.1) != Fraction(1, 10)
    assert point_us(0.1) == US_PER_MINUTE * 10


def test_a_point_that_is_no_whole_microsecond_is_rounded_to_the_nearest() -> None:
    assert point_us(0.7) == 85_714_286


@pytest.mark.parametrize(
    ("base", "minutes", "expected"), [(1, 0, 1.0), (3, 20, 1.0), (2, 10, 1.0), (0, 10, -1.0), (9, 90, 0.0)]
)
def test_the_shown_priority_falls_by_a_tenth_a_minute_and_below_zero(
    base: int, minutes: int, expected: float
) -> None:
    assert effective_priority(base, minutes * US_PER_MINUTE, 0.1) == pytest.approx(expected)


@given(base=BASES, waited_us=INSTANTS, rate=st.sampled_from(WHOLE_RATES))
@patient
def test_the_shown_priority_is_the_formula(base: int, waited_us: int, rate: str) -> None:
    exact = brute_force(base, waited_us, rate)
    assert effective_priority(base, waited_us, float(rate)) == pytest.approx(float(exact), rel=1e-9, abs=1e-6)


@given(
    one=st.tuples(BASES, INSTANTS),
    other=st.tuples(BASES, INSTANTS),
    looks_us=st.lists(INSTANTS, min_size=1, max_size=4),
    rate=st.sampled_from(WHOLE_RATES),
)
@patient
def test_keys_order_two_tickets_as_the_formula_does_at_every_instant(
    one: tuple[int, int], other: tuple[int, int], looks_us: list[int], rate: str
) -> None:
    by_key = sign(order_key(*one, float(rate)) - order_key(*other, float(rate)))
    both_there_us = max(one[1], other[1])
    for later_us in looks_us:
        now_us = both_there_us + later_us
        first, second = (brute_force(base, now_us - arrived_us, rate) for base, arrived_us in (one, other))
        assert sign(first - second) == by_key


@given(
    bases=st.tuples(BASES, BASES),
    arrived_us=INSTANTS,
    apart_us=st.integers(-3, 3),
    rate=st.sampled_from(WHOLE_RATES),
)
@patient
def test_a_microsecond_decides_between_tickets_that_just_catch_up(
    bases: tuple[int, int], arrived_us: int, apart_us: int, rate: str
) -> None:
    sooner, later = sorted(bases)
    caught_up_us = arrived_us + (later - sooner) * point_us(float(rate))
    newcomer = order_key(sooner, caught_up_us + apart_us, float(rate))
    assert sign(order_key(later, arrived_us, float(rate)) - newcomer) == sign(-apart_us)


@given(rate=st.decimals("0.001", "1000", places=3), base=BASES, arrived_us=INSTANTS)
@patient
def test_any_other_rate_is_off_by_half_a_microsecond_a_point_at_most(
    rate: object, base: int, arrived_us: int
) -> None:
    exact = arrived_us + base * (US_PER_MINUTE / Fraction(str(rate)))
    assert abs(order_key(base, arrived_us, float(str(rate))) - exact) <= Fraction(base, 2)


@given(bases=st.tuples(BASES, BASES), arrivals_us=st.tuples(INSTANTS, INSTANTS))
@patient
def test_without_aging_the_base_decides_and_then_the_arrival(
    bases: tuple[int, int], arrivals_us: tuple[int, int]
) -> None:
    keys = [order_key(base, arrived_us, 0.0) for base, arrived_us in zip(bases, arrivals_us, strict=True)]
    strict = list(zip(bases, arrivals_us, strict=True))
    assert sign(keys[0] - keys[1]) == (strict[0] > strict[1]) - (strict[0] < strict[1])


def test_a_larger_rate_lets_waiting_weigh_more() -> None:
    patient_chat = {"base": 3, "arrived_us": 0}
    newcomer = {"base": 1, "arrived_us": 5 * US_PER_MINUTE}
    assert order_key(**newcomer, aging_per_minute=0.1) < order_key(**patient_chat, aging_per_minute=0.1)
    assert order_key(**newcomer, aging_per_minute=1.0) > order_key(**patient_chat, aging_per_minute=1.0)


def test_with_an_enormous_rate_the_line_is_first_come_first_served() -> None:
    assert order_key(9, 1, 1e12) < order_key(0, 2, 1e12)
