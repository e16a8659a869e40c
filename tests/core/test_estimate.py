"""Waiting-time estimates: worked examples of the two formulas, and what must hold whatever the queue."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.core import estimate
from addon.core.aging import US_PER_S
from addon.core.estimate import FIRST_GUESS_S, Forecast, OfferedLoad, ServiceTimes
from addon.core.principal import Principal, PrincipalClass
from addon.core.ticket import Ticket


def _ticket(base: int = 2, who: str = "key:1", model: str = "m", admitted_us: int | None = None) -> Ticket:
    principal = Principal(who, who, PrincipalClass.CUSTOM_APP, base)
    return Ticket("t", principal, model, "/api/chat", base, arrived_us=0, admitted_us=admitted_us)


def _forecast(*learned: tuple[str, float]) -> Forecast:
    times = ServiceTimes()
    for who, held_s in learned:
        times.learn(_ticket(who=who), held_s)
    return Forecast(times, OfferedLoad(), aging_per_minute=0.1)


def test_before_anything_is_known_a_request_is_expected_to_take_the_first_guess() -> None:
    assert ServiceTimes().expected_s(_ticket()) == FIRST_GUESS_S


def test_an_unknown_principal_is_expected_to_take_what_the_model_takes() -> None:
    assert _forecast(("key:1", 20.0)).times.expected_s(_ticket(who="key:2")) == 20.0


def test_a_principal_of_its_own_habits_is_told_by_them() -> None:
    times = _forecast(("key:1", 20.0), ("key:2", 2.0)).times
    assert times.expected_s(_ticket(who="key:2")) == 2.0
    assert times.expected_s(_ticket(who="key:3")) == pytest.approx(18.2)


def test_another_model_is_another_average() -> None:
    assert _forecast(("key:1", 20.0)).times.expected_s(_ticket(model="other")) == FIRST_GUESS_S


def test_made_up_model_names_displace_what_went_unused_for_longest_and_not_what_is_in_use(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(estimate, "_MOST_AVERAGES", 6)
    times = _forecast(("key:1", 20.0)).times
    for number in range(20):
        times.learn(_ticket(who="key:2", model=f"made up {number}"), 1.0)
        times.learn(_ticket(), 20.0)
    assert times.expected_s(_ticket()) == 20.0
    assert times.expected_s(_ticket(who="key:2", model="made up 19")) == 1.0
    assert times.expected_s(_ticket(who="key:2", model="made up 0")) == FIRST_GUESS_S


def test_the_first_in_line_waits_for_the_soonest_running_request_to_end() -> None:
    running = [_ticket(admitted_us=0), _ticket(admitted_us=6 * US_PER_S)]
    (estimate,) = _forecast(("key:1", 10.0)).of_waiting([_ticket()], running, 2, now_us=7 * US_PER_S)
    assert (estimate.low_s, estimate.high_s) == (3.0, 3.0)


@pytest.mark.parametrize(("elapsed_s", "left_s"), [(0, 8), (5, 3), (7, 2), (9, 2), (12, 4), (60, 52)])
def test_what_lasts_longer_than_expected_will_not_end_this_instant(elapsed_s: int, left_s: int) -> None:
    running, now_us = _ticket(admitted_us=0), elapsed_s * US_PER_S
    (estimate,) = _forecast(("key:1", 8.0)).of_waiting([_ticket()], [running], 1, now_us)
    assert estimate.low_s == left_s


@pytest.mark.parametrize(
    ("elapsed_s", "low_s", "high_s"), [(0, 8, 32), (1500, 300, 300), (1790, 10, 10), (1900, 0, 0)]
)
def test_nobody_is_expected_to_run_for_longer_than_the_gate_allows(
    elapsed_s: int, low_s: float, high_s: float
) -> None:
    forecast = Forecast(ServiceTimes(), OfferedLoad(), 0.1, max_hold_s=1800)
    (estimate,) = forecast.of_waiting([_ticket()], [_ticket(admitted_us=0)], 1, elapsed_s * US_PER_S)
    assert (estimate.low_s, estimate.high_s) == (low_s, high_s)


def test_as_long_as_one_has_to_be_guessed_at_all_behind_it_are_told_a_wide_range() -> None:
    waiting = [_ticket(), _ticket(model="new"), _ticket()]
    found = list(_forecast(("key:1", 10.0)).of_waiting(waiting, [_ticket(admitted_us=0)], 1, now_us=0))
    assert [(one.low_s, one.high_s) for one in found] == [(10.0, 10.0), (20.0, 20.0), (28.0, 112.0)]


def test_a_free_slot_means_no_remaining_time() -> None:
    (estimate,) = _forecast().of_waiting([_ticket()], [], 1, now_us=0)
    assert estimate.low_s == 0.0


def test_each_further_place_adds_the_expected_work_ahead_over_the_slots() -> None:
    waiting = [_ticket(), _ticket(), _ticket()]
    found = [estimate.low_s for estimate in _forecast(("key:1", 10.0)).of_waiting(waiting, [], 2, now_us=0)]
    assert found == [0.0, 5.0, 10.0]


def test_better_classes_that_keep_coming_widen_the_range() -> None:
    forecast = _forecast(("key:1", 10.0))
    forecast.load.arrived(1, 300.0, now_us=0)
    (_, second) = forecast.of_waiting([_ticket(base=3), _ticket(base=3)], [], 1, now_us=0)
    assert (second.low_s, second.high_s) == (10.0, 20.0)


def test_aging_bounds_the_range_however_busy_the_better_classes_are() -> None:
    forecast = _forecast(("key:1", 6000.0))
    forecast.load.arrived(1, 1e6, now_us=0)
    (_, second) = forecast.of_waiting([_ticket(base=3), _ticket(base=3)], [], 1, now_us=0)
    assert second.high_s == pytest.approx(6000 + 0.95 * 1200)


def test_offered_load_is_forgotten_over_time_and_does_not_count_worse_or_equal_classes() -> None:
    load = OfferedLoad()
    load.arrived(2, 300.0, now_us=0)
    assert load.of_better(3, 1, 0) == 0.5
    assert load.of_better(3, 2, 0) == 0.25
    assert load.of_better(2, 1, 0) == 0.0
    assert load.of_better(3, 1, 6000 * US_PER_S) < 0.001


@given(
    bases=st.lists(st.integers(0, 9), min_size=1, max_size=20),
    slots=st.integers(1, 4),
    work_s=st.floats(0, 1e5),
    rate=st.sampled_from([0.0, 0.1, 1.0]),
)
def test_the_range_is_never_negative_never_upside_down_and_never_shrinks_down_the_line(
    bases: list[int], slots: int, work_s: float, rate: float
) -> None:
    forecast = Forecast(ServiceTimes(), OfferedLoad(), rate)
    forecast.load.arrived(min(bases), work_s, now_us=0)
    found = list(forecast.of_waiting([_ticket(base) for base in bases], [], slots, now_us=0))
    assert all(0 <= each.low_s <= each.high_s for each in found)
    assert [each.low_s for each in found] == sorted(each.low_s for each in found)


def test_the_first_in_line_says_when_a_place_will_be_free() -> None:
    forecast, running = _forecast(("key:1", 10.0), ("key:2", 4.0)), [_ticket(admitted_us=0)]
    waiting = [_ticket(who="key:2"), _ticket(), _ticket()]
    assert forecast.until_a_place_is_free_s(waiting, running, 1, 4 * US_PER_S) == 6.0
    of_key_1 = forecast.until_a_place_is_free_s(waiting, running, 1, 4 * US_PER_S, running[0].principal)
    assert of_key_1 == 10.0
    assert forecast.until_a_place_is_free_s([], running, 1, 4 * US_PER_S) == 0.0
