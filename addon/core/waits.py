"""Waits in few words: percentiles, exactly from a list, or nearly from counts by size.

Counts are kept in buckets that grow by a factor of 2^(1/4): whatever the number of requests, a percentile read
from them is at most 19 % from the true one (HdrHistogram's idea, with fixed buckets). The waits of a bucket are
taken to lie evenly in it, which is much nearer where there are many.
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


def summarize_counts(counts: Mapping[int, int], longest_s: float = math.inf) -> WaitSummary:
    """Percentiles from counts by bucket; zeros for none, and for waits that bucket 0 counts.

    None is told to be longer than `longest_s`, which no wait can have exceeded.
    """
    ordered = sorted(counts.items())
    reached = list(accumulate(count for _, count in ordered))
    total = reached[-1] if reached else 0

    def at(share: float) -> float:
        rank = math.ceil(share * total)
        place = bisect_left(reached, rank)
        bucket, count = ordered[place]
        if not bucket:
            return 0.0
        least_s = bound_s(bucket - 1)
        # The middle of its own part of the bucket: the only one of a bucket is told in the bucket's middle.
        part = (rank - (reached[place] - count) - 0.5) / count
        return min(least_s + (bound_s(bucket) - least_s) * part, max(longest_s, least_s))

    return WaitSummary(total, at(0.5), at(0.95), at(0.99)) if total else WaitSummary(0, 0.0, 0.0, 0.0)
