"""Percentiles: exact from a list, close from counts."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.core.waits import WaitSummary, bound_s, bucket_of, summarize, summarize_counts, summarize_repeated

NOBODY = WaitSummary(0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("waits_s", "summary"),
    [
        ([], NOBODY),
        ([7.0], WaitSummary(1, 7.0, 7.0, 7.0)),
        ([3.0, 1.0, 2.0], WaitSummary(3, 2.0, 3.0, 3.0)),
        ([float(number) for number in range(1, 101)], WaitSummary(100, 50.0, 95.0, 99.0)),
    ],
)
def test_percentiles_are_values_that_occurred(waits_s: list[float], summary: WaitSummary) -> None:
    assert summarize(waits_s) == summary


@given(st.dictionaries(st.floats(0, 1000), st.integers(1, 5)))
def test_repeated_waits_are_told_like_the_waits_themselves(counts: dict[float, int]) -> None:
    waits_s = [wait_s for wait_s, count in counts.items() for _ in range(count)]
    assert summarize_repeated(counts) == summarize(waits_s)
    if waits_s:
        assert summarize(waits_s).p50_s == sorted(waits_s)[(len(waits_s) - 1) // 2]


@pytest.mark.parametrize(
    ("wait_s", "bucket"),
    [(0.0, 0), (0.001, 0), (0.0011, 1), (0.002, 4), (1.024, 40), (1.0, 40), (10.0**9, 108)],
)
def test_a_wait_is_counted_in_its_bucket(wait_s: float, bucket: int) -> None:
    assert bucket_of(wait_s) == bucket


@given(st.integers(0, 108))
def test_a_bound_belongs_to_its_own_bucket(bucket: int) -> None:
    assert bucket_of(bound_s(bucket)) == bucket


def _counted(waits_s: list[float]) -> dict[int, int]:
    return dict(Counter(map(bucket_of, waits_s)))


@given(st.lists(st.floats(0.0011, 100_000), min_size=1))
def test_counts_say_nearly_what_the_waits_themselves_say(waits_s: list[float]) -> None:
    near, exact = summarize_counts(_counted(waits_s), max(waits_s)), summarize(waits_s)
    assert near.requests == exact.requests
    for read_s, true_s in ((near.p50_s, exact.p50_s), (near.p95_s, exact.p95_s), (near.p99_s, exact.p99_s)):
        assert true_s / 1.19 <= read_s <= true_s * 1.19
        assert read_s <= max(waits_s)


def test_many_waits_in_one_bucket_are_taken_to_lie_evenly_in_it() -> None:
    waits_s = [1.025 + 0.00019 * number for number in range(1, 1000)]
    assert len(_counted(waits_s)) == 1
    near, exact = summarize_counts(_counted(waits_s)), summarize(waits_s)
    assert near.p50_s == pytest.approx(exact.p50_s, rel=0.01)
    assert near.p95_s == pytest.approx(exact.p95_s, rel=0.01)


def test_a_single_wait_is_told_in_the_middle_of_its_bucket() -> None:
    assert summarize_counts({40: 1}).p50_s == pytest.approx((bound_s(39) + bound_s(40)) / 2)


def test_no_percentile_is_longer_than_a_wait_can_have_been() -> None:
    assert summarize_counts({40: 9, 76: 1}).p95_s > 480
    assert summarize_counts({40: 9, 76: 1}, longest_s=470.0).p95_s == 470.0
    # A bound that contradicts the counts themselves, after a clock was set, leaves the bucket.
    assert summarize_counts({40: 1}, longest_s=0.1).p95_s == bound_s(39)


def test_no_counts_are_no_waits() -> None:
    assert summarize_counts({}) == NOBODY


def test_who_did_not_wait_is_told_so() -> None:
    assert summarize_counts({0: 99, 40: 1}) == WaitSummary(100, 0.0, 0.0, 0.0)
