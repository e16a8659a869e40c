"""Failed credentials, counted for each place they come from.

Promise: no more than `most` failures of one place are judged within any `window_s`; what fails beyond is told when
to come back. Only failures are counted and held back: whoever shows a valid credential is never asked here, so
nobody can lock others out. One Throttle counts one kind of failure (keys, sign-in, registration). Its memory is
bounded: a flood from very many places makes it forget those that failed longest ago. Time is an argument.
"""

import math
from array import array
from collections import OrderedDict
from ipaddress import IPv6Address, IPv6Network

from addon.core.addresses import Address

MOST_FAILURES = 30
WINDOW_S = 60.0
_MOST_PLACES = 4096
_SITE_BITS = 64  # no IPv6 subscriber has less (RFC 6177), so the addresses inside cost nothing


class Throttle:
    """Instants of the latest failures, by place; in seconds of any one clock."""

    def __init__(
        self, most: int = MOST_FAILURES, window_s: float = WINDOW_S, most_places: int = _MOST_PLACES
    ) -> None:
        self._most = most
        self._window_s = window_s
        self._most_places = most_places
        self._failures: OrderedDict[str, array[float]] = OrderedDict()

    def fail(self, place: str, now_s: float) -> int | None:
        """Count a failure. None: judge it as it is; else whole seconds until this place may fail again."""
        failures = self._failures.setdefault(place, array("d"))
        self._failures.move_to_end(place)
        # Nor does what lies ahead count: the clock was set back, and nobody is to wait for it to come round again.
        while failures and not now_s - self._window_s < failures[0] <= now_s:
            failures.pop(0)
        if len(failures) >= self._most:
            return max(1, math.ceil(failures[0] - now_s + self._window_s))
        failures.append(now_s)
        if len(self._failures) > self._most_places:
            self._failures.popitem(last=False)
        return None

    def forgive(self, place: str) -> None:
        """Take the latest failure of a place back: what was counted before it was judged has turned out well."""
        failures = self._failures.get(place)
        if failures:
            failures.pop()
            if not failures:
                del self._failures[place]

    def __len__(self) -> int:
        return len(self._failures)


def place_of(address: Address | None, peer: Address | None) -> str:
    """Where a failure comes from: its address, or for all unknown visitors of one socket peer that peer."""
    return f"behind {_site(peer)}" if address is None else _site(address)


def _site(address: Address | None) -> str:
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, _SITE_BITS), strict=False))
    return str(address)
