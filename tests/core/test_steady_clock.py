"""The wall clock is trusted with deleting only while it goes evenly."""

import pytest

from addon.core.steady_clock import SteadyClock

NOW = 1_800_000_000.0
_DAY_S = 24 * 3600.0
_HOUR_S = 3600.0


def test_an_even_clock_is_trusted_from_the_start() -> None:
    clock = SteadyClock(NOW - _HOUR_S, NOW, 50.0)
    assert all(clock.is_trusted(NOW + hours * _HOUR_S, 50.0 + hours * _HOUR_S) for hours in range(50))


def test_an_empty_house_has_nothing_to_be_odd_about() -> None:
    assert SteadyClock(None, NOW, 50.0).is_trusted(NOW, 50.0)


@pytest.mark.parametrize("days", [2, 400])
def test_after_a_leap_forward_it_is_not_for_a_day(days: int) -> None:
    clock = SteadyClock(NOW, NOW, 50.0)
    leapt = NOW + days * _DAY_S
    assert not any(clock.is_trusted(leapt + hours * _HOUR_S, 50.0 + hours * _HOUR_S) for hours in range(24))
    assert clock.is_trusted(leapt + _DAY_S, 50.0 + _DAY_S), "whoever meant it has what they want"


def test_a_leap_that_is_taken_back_is_forgotten_after_a_day() -> None:
    clock = SteadyClock(NOW, NOW, 0.0)
    assert not clock.is_trusted(NOW + 400 * _DAY_S, _HOUR_S)
    assert not clock.is_trusted(NOW + 2 * _HOUR_S, 2 * _HOUR_S)
    assert clock.is_trusted(NOW + 26 * _HOUR_S, 26 * _HOUR_S)


@pytest.mark.parametrize("seconds", [-400 * _DAY_S, -_HOUR_S, _HOUR_S])
def test_a_clock_that_is_set_back_or_a_little_forward_deletes_nothing_new(seconds: float) -> None:
    clock = SteadyClock(NOW, NOW, 0.0)
    assert clock.is_trusted(NOW + seconds, 0.0)


def test_a_start_long_after_the_newest_record_waits_for_a_day() -> None:
    clock = SteadyClock(NOW - 31 * _DAY_S, NOW, 0.0)
    assert not clock.is_trusted(NOW, 0.0)
    assert clock.is_trusted(NOW + _DAY_S, _DAY_S)
