"""Lengths of time as people read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_app.durations import about, lasting

_UNITS_S = {"s": 1, "min": 60, "h": 3600}


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.0, "0.00 s"),
        (0.524, "0.52 s"),
        (9.996, "10 s"),
        (52.4, "52 s"),
        (119.6, "2 min 0 s"),
        (482.6, "8 min 3 s"),
        (3599.7, "1 h 0 min"),
        (13_163.0, "3 h 39 min"),
        (4_000_000.0, "1,111 h 7 min"),
    ],
)
def test_a_measured_length_is_told_in_the_units_people_use(seconds: float, words: str) -> None:
    assert lasting(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.0, "0 s"),
        (0.00123, "about 0.0012 s"),
        (0.5249, "about 0.52 s"),
        (1.0, "about 1.0 s"),
        (9.96, "about 10 s"),
        (114.0, "about 110 s"),
        (482.6, "about 8.0 min"),
        (7300.0, "about 2.0 h"),
        (400_000.0, "about 110 h"),
    ],
)
def test_an_estimate_is_told_in_two_digits(seconds: float, words: str) -> None:
    assert about(seconds) == words


@given(st.floats(0.001, 10**6))
def test_two_digits_are_at_most_a_twentieth_off(seconds: float) -> None:
    _, digits, unit = about(seconds).split()
    assert float(digits.replace(",", "")) * _UNITS_S[unit] == pytest.approx(seconds, rel=0.051)
