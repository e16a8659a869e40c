"""What is known of one upstream: whether it answers, since when, and how fast it did in the last hour.

Promise: it holds a bounded number of facts, whatever it is told and however the clock jumps. Instants are unix
seconds, because people read them.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median_low

_MOST_CHANGES = 50
_MOST_LATENCIES = 720
LATENCIES_KEPT_S = 3600.0
"""How long the time of an answer counts."""


@dataclass(frozen=True, slots=True)
class Spell:
    """A time in which the upstream answered, or did not; `until_at` is None for the present one."""

    is_up: bool
    since_at: float
    until_at: float | None = None

    @property
    def state(self) -> str:
        """The same in a word."""
        return "up" if self.is_up else "down"


class UpstreamHistory:
    """Filled by whoever asks the upstream anything; the oldest facts make room for new ones."""

    def __init__(self) -> None:
        self._changes: deque[tuple[float, bool]] = deque(maxlen=_MOST_CHANGES)
        self._latencies: deque[tuple[float, float]] = deque(maxlen=_MOST_LATENCIES)

    def answered(self, latency_s: float, now_at: float) -> None:
        """The upstream gave a good answer, so many seconds after it was asked."""
        self._note(True, now_at)
        self._latencies.append((now_at, latency_s))

    def failed(self, now_at: float) -> None:
        """The upstream gave no good answer."""
        self._note(False, now_at)

    def spells(self) -> Sequence[Spell]:
        """Its times up and down, the latest first; none as long as it was never asked."""
        ends = [at for at, _ in self._changes][1:]
        pairs = zip(self._changes, [*ends, None], strict=False)
        found = [Spell(is_up, at, until) for (at, is_up), until in pairs]
        return found[::-1]

    def latency_s(self, now_at: float) -> float | None:
        """The median of its answers in the last hour; None when there were none."""
        # An instant ahead of now was noted before the clock was set back.
        recent = [taken for at, taken in self._latencies if 0 <= now_at - at <= LATENCIES_KEPT_S]
        return median_low(recent) if recent else None

    def _note(self, is_up: bool, now_at: float) -> None:
        if not self._changes or self._changes[-1][1] is not is_up:
            # A clock that was set back must not end a time before it began.
            earliest = self._changes[-1][0] if self._changes else now_at
            self._changes.append((max(now_at, earliest), is_up))
