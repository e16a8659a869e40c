"""The queue's one formula: effective priority = base - rate x minutes waited, lower first.

Every ticket ages at the same rate, so two waiting tickets never change places by waiting. The order is
therefore decided once, at arrival, by a single integer:

    key = arrival_us + base * (60_000_000 / rate)

The smallest key is next. No polling, no re-sorting, no rounding: integers are exact. A rate of 0 means no
aging: strict priority, ties by arrival. (Kleinrock 1964, accumulating priority with one common slope.)
"""

from fractions import Fraction
from functools import lru_cache

US_PER_S = 1_000_000
US_PER_MINUTE = 60 * US_PER_S
# Without aging a point must outweigh any arrival: 10^18 us are some 31,000 years.
_STRICT_POINT_US = 10**18


@lru_cache(maxsize=16)  # exact fractions cost 18 us, and every arrival asks for the same one
def point_us(aging_per_minute: float) -> int:
    """How many microseconds of waiting make up for one priority point (600 s at 0.1 per minute).

    The rate is read as the decimal people wrote, so that 0.1 means one tenth and not its binary neighbour.
    """
    if aging_per_minute == 0:
        return _STRICT_POINT_US
    return round(US_PER_MINUTE / Fraction(str(aging_per_minute)))


def order_key(base: int, arrived_us: int, aging_per_minute: float) -> int:
    """The integer by which waiting tickets are ordered; the smallest is admitted next."""
    return arrived_us + base * point_us(aging_per_minute)


def effective_priority(base: float, waited_us: int, aging_per_minute: float) -> float:
    """The priority as people read it, after waiting this long; it may fall below 0."""
    return base - aging_per_minute * waited_us / US_PER_MINUTE
