"""Where everything that has happened is written down: in the journal, in the numbers for Prometheus, in the
access log and in the audit log.

Promise: one call for one event, so that the two can never disagree about it. Writing here never waits and never
fails.
"""

import time

from addon.core.refusal import Refusal
from addon.proxy.access_line import AccessLine
from addon.proxy.access_log import AccessLog
from addon.proxy.metrics import Metrics
from addon.store.audit import Actor, Deed
from addon.store.audit_writer import AuditWriter
from addon.store.journal import Finished, Used
from addon.store.journal_writer import JournalWriter


class Ledger:
    """The gate's records."""

    def __init__(self, journal: JournalWriter, metrics: Metrics, access: AccessLog, audit: AuditWriter) -> None:
        self._access = access
        self._audit = audit
        self.metrics = metrics
        self._journal = journal

    @property
    def unwritten_rows(self) -> int:
        """How many ended requests are in memory only."""
        return self._journal.unwritten_rows

    def lag_s(self, now: float) -> float:
        """How long ago the oldest of them ended; `now` in unix seconds."""
        return self._journal.lag_s(now)

    def add(self, row: Finished) -> None:
        """A request has ended."""
        self._journal.add(row)
        self.metrics.finished(row)

    def use(self, used: Used) -> None:
        """Somebody was served."""
        self._journal.use(used)

    def tell(self, line: AccessLine) -> None:
        """An exchange is over, whether it had a ticket or not."""
        self._access.add(line)

    def note(self, by: Actor, deed: Deed) -> None:
        """Somebody has changed something at Ollama."""
        self._audit.add(by, deed, time.time())

    def refuse(self, refusal: Refusal) -> None:
        """A request was refused."""
        self._journal.refuse(refusal.reason.code, time.time())
        self.metrics.refused(refusal.reason.code)
