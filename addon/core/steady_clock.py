"""Whether the wall clock can be trusted with deleting what is old.

A clock that is a year ahead makes everything old (an empty battery, a wrong time server, a hand that slipped).
Promise: after a leap forward nothing is called old until the clock has gone on evenly for a day, in which somebody
or a time server can set it right. What was written lately tells of a leap before the start.
"""

_LEAP_S = 24 * 3600.0
_IDLE_S = 30 * 24 * 3600.0
"""For how long a house may have been quiet before its newest record counts as a sign of a leap."""
_STEADY_S = 24 * 3600.0


class SteadyClock:
    """Compares the wall clock (unix seconds) with the monotonic one; both are told."""

    def __init__(self, newest_at: float | None, now: float, monotonic_s: float) -> None:
        is_odd = newest_at is not None and now - newest_at > _IDLE_S
        self._steady_since_s = monotonic_s if is_odd else monotonic_s - _STEADY_S
        self._ahead_s = now - monotonic_s

    def is_trusted(self, now: float, monotonic_s: float) -> bool:
        """Whether what seems to be old is old."""
        ahead_s = now - monotonic_s
        if ahead_s - self._ahead_s > _LEAP_S:
            self._steady_since_s = monotonic_s
        self._ahead_s = ahead_s
        return monotonic_s - self._steady_since_s >= _STEADY_S
