"""What the self-check has found, for pages that must not wait for it.

Promise: asking never blocks. The check asks the network, so it runs in a thread of its own, at most once in ten
minutes and never twice at once.
"""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from threading import Lock, Thread

_FRESH_S = 600.0
_log = logging.getLogger(__name__)


class SelfCheck:
    """The latest answer of `look`. `looking` is the thread that finds the next one."""

    def __init__(self, look: Callable[[], Iterable[str]], clock: Callable[[], float] = time.monotonic) -> None:
        self._look = look
        self._clock = clock
        self._lock = Lock()
        self._looked_at: float | None = None
        self._found: Sequence[str] | None = None
        self.looking = Thread()

    def known(self) -> Sequence[str] | None:
        """What is known, None until the first look is over; an old answer is renewed behind the caller's back."""
        with self._lock:
            if self._looked_at is None or self._clock() - self._looked_at >= _FRESH_S:
                self._looked_at = self._clock()
                self.looking = Thread(target=self._renew, name="self-check", daemon=True)
                self.looking.start()
            return self._found

    def _renew(self) -> None:
        try:
            self._found = tuple(self._look())
        except Exception:  # noqa: BLE001 - whatever went wrong, the page has to say so
            _log.exception("the self-check failed")
            self._found = ("The self-check failed; the log says why. Run `sluice check`.",)
