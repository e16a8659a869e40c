"""The gate's numbers for Prometheus, by the conventions of its text format.

Promise: what is counted never goes back while the gate runs, and nothing a client sends becomes a label, so nobody
can make the number of series grow. What stands now (slots, the line) is read from the gate when it is asked for.
"""

import importlib.metadata
from collections import Counter as Tally
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily
from prometheus_client.registry import Collector

from addon.core.gate import Gate, GateState
from addon.core.principal import PrincipalClass
from addon.core.refusal import Reason
from addon.core.ticket import ENDED_STATES
from addon.store.journal import Finished

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
# From what nobody notices to the longest anybody may wait.
_WAITS_S = (0.01, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1200, 1800, 3600)
_RUNS_S = (0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800)


# The instants at which series began would double their number and tell nothing.
disable_created_metrics()


class Metrics:
    """Counters of one run of the gate."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry(auto_describe=True)
        self._requests = Counter(
            "sluice_requests", "Requests that have ended.", ("class", "state"), registry=self.registry
        )
        self._waits = Histogram(
            "sluice_queue_wait_seconds",
            "How long requests waited for their slot.",
            ("class",),
            buckets=_WAITS_S,
            registry=self.registry,
        )
        self._runs = Histogram(
            "sluice_request_duration_seconds",
            "How long requests held their slot.",
            ("class",),
            buckets=_RUNS_S,
            registry=self.registry,
        )
        self._tokens = Counter(
            "sluice_tokens", "Tokens read and written by models.", ("class", "direction"), registry=self.registry
        )
        self._refusals = Counter(
            "sluice_refusals", "Requests that were refused.", ("reason",), registry=self.registry
        )
        self._heartbeats = Counter(
            "sluice_heartbeats", "Fillers sent to keep silent streams alive.", registry=self.registry
        )
        self._begin_at_nothing()

    def _begin_at_nothing(self) -> None:
        """A series that is there before its first event lets `rate()` see that event."""
        for kind in PrincipalClass:
            self._waits.labels(kind.value)
            self._runs.labels(kind.value)
            for direction in ("prompt", "completion"):
                self._tokens.labels(kind.value, direction)
            for state in ENDED_STATES:
                self._requests.labels(kind.value, state.value)
        for reason in Reason:
            self._refusals.labels(reason.code)

    def finished(self, row: Finished) -> None:
        """Count a request that has ended."""
        kind = row.principal_class
        self._requests.labels(kind, row.state).inc()
        if row.was_admitted:
            self._waits.labels(kind).observe(row.waited_s)
            self._runs.labels(kind).observe(row.ran_s)
        self._tokens.labels(kind, "prompt").inc(row.prompt_tokens)
        self._tokens.labels(kind, "completion").inc(row.completion_tokens)

    def refused(self, reason: str) -> None:
        """Count a refusal by the code of its reason."""
        self._refusals.labels(reason).inc()

    def heartbeat(self) -> None:
        """Count a filler."""
        self._heartbeats.inc()

    def text(self) -> bytes:
        """Everything in Prometheus's text format."""
        return generate_latest(self.registry)


class GateCollector(Collector):
    """The gate as it stands now. What concerns the upstream and the journal is told by whoever collects."""

    def __init__(self, gate: Gate, upstream: str) -> None:
        self._gate = gate
        self._upstream = upstream
        self.is_upstream_up = False
        self.unwritten_rows = 0
        self.journal_lag_s = 0.0

    def collect(self) -> Iterator[GaugeMetricFamily | InfoMetricFamily]:
        """What is true at this instant."""
        version = InfoMetricFamily("sluice", "The running Sluice.")
        version.add_metric((), {"version": importlib.metadata.version("sluice")})
        yield version
        yield _gauge("sluice_slots", "Requests that may run at once.", {self._upstream: self._gate.limits.slots})
        yield _gauge("sluice_slots_in_use", "Requests that run.", {self._upstream: len(self._gate.running)})
        yield _gauge("sluice_upstream_up", "Whether Ollama answers.", {self._upstream: self.is_upstream_up})
        yield _waiting(self._gate)
        states = GaugeMetricFamily("sluice_gate_state", "1 for the state the gate is in.", labels=("state",))
        for state in GateState:
            states.add_metric((state.value,), self._gate.state is state)
        yield states
        rows = GaugeMetricFamily("sluice_journal_unwritten_rows", "Ended requests not yet in the database.")
        rows.add_metric((), self.unwritten_rows)
        yield rows
        lag = GaugeMetricFamily("sluice_journal_lag_seconds", "Since the oldest of these requests has ended.")
        lag.add_metric((), self.journal_lag_s)
        yield lag


def _gauge(name: str, meaning: str, values: dict[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, meaning, labels=("upstream",))
    for upstream, value in values.items():
        family.add_metric((upstream,), value)
    return family


def _waiting(gate: Gate) -> GaugeMetricFamily:
    tally = Tally(ticket.principal.principal_class for ticket in gate.waiting)
    family = GaugeMetricFamily("sluice_waiting", "Requests that wait.", labels=("class",))
    for kind in PrincipalClass:
        family.add_metric((kind.value,), tally[kind])
    return family
