"""Waits in few words: percentiles, exactly from a list, or nearly from counts by size.

Counts are kept in buckets that grow by a factor of 2^(1/4): whatever the number of requests, a percentile read
from them is at most 19 % above the true one and never below (HdrHistogram's idea, with fixed buckets).
"""

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate

_LEAST_S = 0.001
_PER_DOUBLING = 4
_MOST_BUCKET = 4 * 27  # 2^27 ms are 37 hours; no wait is longer


@dataclass(frozen=True, slots=True)
class WaitSummary:
    """How long requests waited, in seconds."""

    requests: int
    p50_s: float
    p95_s: float
    p99_s: float


def summarize(waits_s: Iterable[float]) -> WaitSummary:
    """The exact percentiles (nearest rank) of some waits; zeros for none."""
    return summarize_repeated(Counter(waits_s))


def summarize_repeated(counts: Mapping[float, int]) -> WaitSummary:
    """The same from how often each wait was."""
    ordered = sorted(counts.items())
    reached = list(accumulate(count for _, count in ordered))
    total = reached[-1] if reached else 0
    if not total:
        return WaitSummary(0, 0.0, 0.0, 0.0)
    ranks = (math.ceil(share * total) for share in (0.5, 0.95, 0.99))
    p50, p95, p99 = (ordered[bisect_left(reached, rank)][0] for rank in ranks)
    return WaitSummary(total, p50, p95, p99)


def bucket_of(wait_s: float) -> int:
    """The number of the bucket that counts a wait of this length; 0 holds everything up to a millisecond."""
    if wait_s <= _LEAST_S:
        return 0
    # The tolerance keeps a wait that is a bucket's own bound in that bucket.
    above = math.log2(wait_s / _LEAST_S) * _PER_DOUBLING
    return min(math.ceil(above - 1e-9), _MOST_BUCKET)


def bound_s(bucket: int) -> float:
    """The longest wait that a bucket counts, in seconds."""
    return _LEAST_S * 2 ** (bucket / _PER_DOUBLING)


def summarize_counts(counts: Mapping[int, int]) -> WaitSummary:
    """Percentiles from counts by bucket, each the bound of its bucket; zeros for none."""
    return summarize_repeated({bound_s(bucket) if bucket else 0.0: count for bucket, count in counts.items()})
