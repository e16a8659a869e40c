"""Percentiles: exact from a list, close from counts."""

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


@given(st.lists(st.floats(0.0011, 100_000), min_size=1))
def test_counts_say_nearly_what_the_waits_themselves_say(waits_s: list[float]) -> None:
    counts: dict[int, int] = {}
    for wait_s in waits_s:
        counts[bucket_of(wait_s)] = counts.get(bucket_of(wait_s), 0) + 1
    near, exact = summarize_counts(counts), summarize(waits_s)
    assert near.requests == exact.requests
    for read_s, true_s in ((near.p50_s, exact.p50_s), (near.p95_s, exact.p95_s), (near.p99_s, exact.p99_s)):
        assert true_s * (1 - 1e-9) <= read_s <= true_s * 1.19


def test_no_counts_are_no_waits() -> None:
    assert summarize_counts({}) == NOBODY


def test_who_did_not_wait_is_told_so() -> None:
    assert summarize_counts({0: 99, 40: 1}) == WaitSummary(100, 0.0, 0.0, 0.0)
