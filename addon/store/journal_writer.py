"""The gate's pen: collects finished requests and writes them in batches, in a thread beside the event loop.

Promise: adding a row never waits and never fails. A batch that cannot be written is kept and tried again; should
the database stay away, the oldest rows beyond a bound are dropped and the log says how many. What is being written
counts as unwritten until it is.
"""

import asyncio
import logging
from collections import Counter
from itertools import chain

from addon.store.engine import Engine, writing
from addon.store.journal import Finished, Used, write
from addon.store.roll_ups import FINE_S, Refusals, add_to_roll_ups, start_of

_MOST_KEPT = 10_000
_log = logging.getLogger(__name__)


class JournalWriter:
    """Buffers rows until `flush`, which somebody calls about once a second and at the end."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._finished: list[Finished] = []
        self._in_hand: list[Finished] = []
        self._used: dict[str, Used] = {}
        self._refused: Counter[tuple[int, str]] = Counter()
        self._flushing = asyncio.Lock()

    def add(self, row: Finished) -> None:
        """Note a finished request."""
        self._finished.append(row)

    def use(self, used: Used) -> None:
        """Note that a principal was served; only its latest use counts."""
        self._used[used.principal_id] = used

    def refuse(self, reason: str, now: float) -> None:
        """Count a refusal, by the code of its reason."""
        self._refused[start_of(now, FINE_S), reason] += 1

    @property
    def unwritten_rows(self) -> int:
        """How many ended requests are in memory only."""
        return len(self._in_hand) + len(self._finished)

    def lag_s(self, now: float) -> float:
        """For how long the oldest of them has been; `now` in unix seconds."""
        oldest = next(chain(self._in_hand, self._finished), None)
        return 0.0 if oldest is None else max(0.0, now - oldest.admitted_at - oldest.ran_s)

    async def flush(self) -> bool:
        """Write what has gathered; False when that failed and the rows are kept for the next time.

        Cancelling it does not cut the writing short, which would lose rows or write them twice; the next call
        waits for its end.
        """
        return await asyncio.shield(self._flush())

    async def _flush(self) -> bool:
        async with self._flushing:
            finished, used, refused = self._finished, self._used, self._refused
            if not finished and not used and not refused:
                return True
            self._finished, self._used, self._refused = [], {}, Counter()
            self._in_hand = finished
            try:
                await asyncio.to_thread(_write, self._engine, finished, used, refused)
            except Exception as error:  # noqa: BLE001 - whatever it is, no row may be lost by it
                _log.warning("the journal could not be written and is kept in memory: %s", error)
                self._keep(finished, used, refused)
                return False
            finally:
                self._in_hand = []
            return True

    def _keep(self, finished: list[Finished], used: dict[str, Used], refused: Counter[tuple[int, str]]) -> None:
        self._finished = finished + self._finished
        self._used = used | self._used
        self._refused = refused + self._refused
        dropped = len(self._finished) - _MOST_KEPT
        if dropped > 0:
            del self._finished[:dropped]
            _log.error("the journal is away for too long: %d rows are lost", dropped)


def _write(engine: Engine, finished: list[Finished], used: dict[str, Used], refused: Refusals) -> None:
    with writing(engine) as session:
        write(session, finished, used.values())
        add_to_roll_ups(session, finished, refused)
