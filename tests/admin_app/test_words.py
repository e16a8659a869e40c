"""Times in words."""

import pytest

from admin_app.words import ago, between, span, stopwatch, until

_DAY_S = 86400.0


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "1 second"),
        (89, "89 seconds"),
        (90, "2 minutes"),
        (600, "10 minutes"),
        (90 * 60, "2 hours"),
        (_DAY_S - 0.01, "24 hours"),
        (2 * _DAY_S, "2 days"),
        (30 * _DAY_S - 0.01, "30 days"),
    ],
)
def test_a_span_is_rounded_to_one_unit(seconds: float, words: str) -> None:
    assert span(seconds) == words


@pytest.mark.parametrize(
    ("instant", "words"),
    [(None, "never"), (1000.0, "just now"), (999.5, "just now"), (2000.0, "just now"), (940.0, "60 seconds ago")],
)
def test_the_past_is_told_from_now(instant: float | None, words: str) -> None:
    assert ago(instant, now=1000.0) == words


@pytest.mark.parametrize(
    ("instant", "words"),
    [(None, "never"), (1060.0, "in 60 seconds"), (940.0, "60 seconds ago"), (1000.0, "just now")],
)
def test_an_end_is_ahead_or_behind(instant: float | None, words: str) -> None:
    assert until(instant, now=1000.0) == words


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0:00"), (-3, "0:00"), (7.9, "0:07"), (65, "1:05"), (3599, "59:59"), (3723, "1:02:03")],
)
def test_a_stopwatch_counts_whole_seconds(seconds: float, shown: str) -> None:
    assert stopwatch(seconds) == shown


@pytest.mark.parametrize(
    ("low_s", "high_s", "words"),
    [
        (None, 1.0, None),
        (1.0, None, None),
        (0.0, 0.0, "0 s"),
        (4.4, 89.0, "4-89 s"),
        (4.4, 90.0, "up to 2 min"),
        (115.0, 125.0, "2 min"),
        (60.0, 5399.0, "1-90 min"),
        (3600.0, 7200.0, "1-2 h"),
    ],
)
def test_an_estimate_is_a_range_in_one_unit(low_s: float | None, high_s: float | None, words: str | None) -> None:
    assert between(low_s, high_s) == words
