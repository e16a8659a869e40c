"""How many requests of one asker wait and run, against its own limits.

Promise: a principal is held to every quota it is under: its own, and its owner's, which all keys and the chat of
one person share. A quota without a number is the gate's general one for waiting, and none for running.
"""

from collections import Counter

from addon.core.principal import Principal


class Quotas:
    """The counts of one gate, by quota."""

    def __init__(self) -> None:
        self._waiting: Counter[str] = Counter()
        self._running: Counter[str] = Counter()

    def may_run(self, principal: Principal) -> bool:
        """Whether one more may run."""
        return all(
            quota.max_running is None or self._running[quota.id] < quota.max_running for quota in principal.quotas
        )

    def reached(self, principal: Principal) -> int | None:
        """The limit on running that keeps one more from it, or None."""
        return next(
            (
                quota.max_running
                for quota in principal.quotas
                if quota.max_running is not None and self._running[quota.id] >= quota.max_running
            ),
            None,
        )

    def full(self, principal: Principal, general: int) -> int | None:
        """The limit on waiting that keeps one more from it, or None."""
        for quota in principal.quotas:
            most = general if quota.max_waiting is None else quota.max_waiting
            if self._waiting[quota.id] >= most:
                return most
        return None

    def wait(self, principal: Principal, step: int) -> None:
        """One more waits (1), or one less (-1)."""
        _count(self._waiting, principal, step)

    def run(self, principal: Principal, step: int) -> None:
        """One more runs (1), or one less (-1)."""
        _count(self._running, principal, step)


def _count(counter: Counter[str], principal: Principal, step: int) -> None:
    for quota in principal.quotas:
        counter[quota.id] += step
        if not counter[quota.id]:
            del counter[quota.id]  # who is gone is not remembered
