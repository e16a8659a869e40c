"""Whether the wall clock can be trusted with deleting what is old.

A clock that is a year ahead makes everything old (an empty battery, a wrong time server, a hand that slipped).
Promise: after a leap forward nothing is called old until the clock has gone on evenly for a day, in which somebody
or a time server can set it right. Of a leap before the start the records tell: not those of the last day, which
may have been written since, but the newest before them. So a start in that day changes nothing.
"""

_LEAP_S = 24 * 3600.0
_IDLE_S = 30 * 24 * 3600.0
"""For how long a house may have been quiet before its newest record counts as a sign of a leap."""
STEADY_S = 24 * 3600.0
"""For how long it has to go evenly. Of younger records it is not known which clock they were written by."""


class SteadyClock:
    """Compares the wall clock (unix seconds) with the monotonic one; both are told.

    `newest_at` is the newest record that is older than `STEADY_S`.
    """

    def __init__(self, newest_at: float | None, now: float, monotonic_s: float) -> None:
        is_odd = newest_at is not None and now - newest_at > _IDLE_S
        self._steady_since_s = monotonic_s if is_odd else monotonic_s - STEADY_S
        self._ahead_s = now - monotonic_s

    def is_trusted(self, now: float, monotonic_s: float) -> bool:
        """Whether what seems to be old is old."""
        ahead_s = now - monotonic_s
        if ahead_s - self._ahead_s > _LEAP_S:
            self._steady_since_s = monotonic_s
        self._ahead_s = ahead_s
        return monotonic_s - self._steady_since_s >= STEADY_S
