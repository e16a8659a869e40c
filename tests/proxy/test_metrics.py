"""The numbers for Prometheus: right, well named, and of bounded variety."""

import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from addon.core.gate import Gate
from addon.core.principal import PrincipalClass
from addon.core.refusal import Reason, Refusal
from addon.core.ticket import HOLDS_SLOT, TicketState
from addon.proxy.access_log import AccessLog
from addon.proxy.ledger import Ledger
from addon.proxy.metrics import GateCollector, Metrics
from addon.store.audit_writer import AuditWriter
from addon.store.engine import make_async_engine, reading
from addon.store.journal_writer import JournalWriter
from addon.store.refusal_statistics import refusals_by_step
from addon.store.stretch import Stretch
from tests.core.builders import arrive, make_limits, make_ticket
from tests.proxy.houses import CHAT, House, house_with_fake
from tests.store.samples import finished

COUNTS = {"sluice_slots", "sluice_slots_in_use", "sluice_waiting", "sluice_upstream_up", "sluice_gate_state"}


def told(metrics: Metrics) -> dict[tuple[str, ...], float]:
    """Every sample by its name and its labels' values."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(metrics.text().decode())
        for sample in family.samples
    }


def full() -> tuple[Metrics, GateCollector, Gate]:
    metrics, gate = Metrics(), Gate(make_limits(slots=1))
    collector = GateCollector(gate, "default")
    metrics.registry.register(collector)
    return metrics, collector, gate


def test_an_ended_request_is_counted_once_with_its_wait_and_its_tokens() -> None:
    metrics = Metrics()
    metrics.finished(finished(waited_s=3.0, ran_s=7.0, prompt_tokens=11, completion_tokens=22))
    numbers = told(metrics)
    assert numbers["sluice_requests_total", "custom_app", "done"] == 1
    assert numbers["sluice_queue_wait_seconds_sum", "custom_app"] == 3.0
    assert numbers["sluice_queue_wait_seconds_bucket", "custom_app", "2.5"] == 0
    assert numbers["sluice_queue_wait_seconds_bucket", "custom_app", "5.0"] == 1
    assert numbers["sluice_request_duration_seconds_sum", "custom_app"] == 7.0
    assert numbers["sluice_tokens_total", "custom_app", "prompt"] == 11
    assert numbers["sluice_tokens_total", "custom_app", "completion"] == 22


@pytest.mark.parametrize("state", ["refused", "cancelled", "timed_out"])
def test_whoever_was_never_admitted_has_no_wait(state: str) -> None:
    metrics = Metrics()
    metrics.finished(finished(state=state, waited_s=600.0, ran_s=0.0))
    assert told(metrics)["sluice_queue_wait_seconds_count", "custom_app"] == 0


def test_every_series_is_there_before_its_first_event() -> None:
    numbers = told(Metrics())
    assert {name for name, *_ in numbers if name.endswith("_created")} == set()
    assert all(numbers["sluice_refusals_total", reason.code] == 0 for reason in Reason)
    assert all(numbers["sluice_queue_wait_seconds_count", kind.value] == 0 for kind in PrincipalClass)
    assert all(numbers["sluice_tokens_total", kind.value, "prompt"] == 0 for kind in PrincipalClass)
    ended = [state for state in TicketState if state not in (TicketState.WAITING, *HOLDS_SLOT)]
    told_of = {name[1:] for name in numbers if name[0] == "sluice_requests_total"}
    assert told_of == {(kind.value, state.value) for kind in PrincipalClass for state in ended}


def test_the_gate_is_shown_as_it_stands() -> None:
    metrics, collector, gate = full()
    for name in ("one", "two", "three"):
        arrive(gate, make_ticket(name))
    gate.pause()
    collector.is_upstream_up, collector.unwritten_rows, collector.journal_lag_s = True, 5, 2.5
    numbers = told(metrics)
    assert (numbers["sluice_slots", "default"], numbers["sluice_slots_in_use", "default"]) == (1, 1)
    assert sum(numbers["sluice_waiting", kind.value] for kind in PrincipalClass) == 2
    assert (numbers["sluice_gate_state", "paused"], numbers["sluice_gate_state", "open"]) == (1, 0)
    assert (numbers["sluice_upstream_up", "default"], numbers["sluice_journal_unwritten_rows",]) == (1, 5)
    assert numbers["sluice_journal_lag_seconds",] == 2.5


def test_the_text_passes_what_promtool_would_say() -> None:
    metrics, _, _ = full()
    metrics.finished(finished())
    metrics.refused("csrf")
    metrics.heartbeat()
    text = metrics.text().decode()
    for family in text_string_to_metric_families(text):
        assert re.fullmatch(r"sluice(_[a-z]+)*", family.name), family.name
        assert family.documentation.endswith("."), family.name
        for sample in family.samples:
            assert sample.name in COUNTS or re.search(
                r"(_seconds(_\w+)?|_total|_rows|_info|_created)$", sample.name
            )
            assert (sample.name.endswith("_total")) == (family.type == "counter" and "_created" not in sample.name)
    assert len(re.findall(r"^# HELP (\S+)", text, re.M)) == len(set(re.findall(r"^# HELP (\S+)", text, re.M)))


def test_the_dashboard_asks_for_what_there_is() -> None:
    metrics, _, _ = full()
    metrics.finished(finished())
    metrics.refused("csrf")
    present = {name for name, *_ in told(metrics)}
    dashboard = Path("config/grafana.json").read_text()
    asked = set(re.findall(r"sluice_\w+", " ".join(re.findall(r'"expr": "(.*)"', dashboard))))
    assert asked
    assert asked <= present


async def test_the_ledger_tells_the_journal_and_the_numbers_the_same(house: House) -> None:
    journal = JournalWriter(house.engine)
    audit = AuditWriter(make_async_engine(house.settings.database.url))
    ledger = Ledger(journal, Metrics(), AccessLog("off", Path()), audit)
    ledger.add(finished())
    ledger.refuse(Refusal(Reason.CSRF))
    numbers = told(ledger.metrics)
    assert numbers["sluice_requests_total", "custom_app", "done"] == 1
    assert numbers["sluice_refusals_total", "csrf"] == 1
    assert journal.unwritten_rows == 1
    ended_at = finished().arrived_at + finished().waited_s + finished().ran_s
    assert (ledger.lag_s(ended_at + 3), ledger.lag_s(ended_at - 3)) == (3.0, 0.0)
    assert await journal.flush()
    assert (journal.unwritten_rows, ledger.lag_s(4e9)) == (0, 0.0)
    stretch = Stretch(0.0, 4e9)
    with reading(house.engine) as session:
        assert list(refusals_by_step(session, stretch).values()) == [{"csrf": 1}]


async def test_administrators_read_the_numbers_and_others_do_not(house: House) -> None:
    key, boss = await house.key(), await house.admin_key()
    assert (await house.client.post("/api/chat", headers={"X-API-Key": key}, json=CHAT)).status_code == 200
    assert (await house.client.get("/api/delete", headers={"X-API-Key": key})).status_code == 405
    answer = await house.client.get("/gate/metrics", headers={"X-API-Key": boss})
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert 'sluice_requests_total{class="custom_app",state="done"} 1.0' in answer.text
    assert 'sluice_refusals_total{reason="wrong_method"} 1.0' in answer.text
    assert 'sluice_upstream_up{upstream="default"} 1.0' in answer.text
    assert (await house.client.get("/gate/metrics", headers={"X-API-Key": key})).status_code == 403
    assert (await house.client.get("/gate/metrics")).status_code == 401


@pytest.mark.parametrize(("network", "status"), [("127.0.0.0/8", 200), ("192.0.2.0/24", 401)])
async def test_networks_may_be_let_in_without_a_credential(tmp_path: Path, network: str, status: int) -> None:
    environ = {"SLUICE_GATE__METRICS_ADDRESSES": f'["{network}"]'}
    async with house_with_fake(tmp_path / "data", **environ) as house:
        assert (await house.client.get("/gate/metrics")).status_code == status
        assert (await house.client.get("/gate/queue")).status_code == 401
        forwarded = {"X-Forwarded-For": "127.0.0.1"}
        assert (await house.client.get("/gate/metrics", headers=forwarded)).status_code == 401


async def test_fillers_are_counted(quick: House) -> None:
    key = await quick.key()
    quick.upstream.engine.hold()
    question = {**CHAT, "stream": True}
    async with quick.client.stream("POST", "/api/chat", headers={"X-API-Key": key}, json=question) as answer:
        assert await anext(answer.aiter_raw()) == b" "
        assert told(quick.assembly.exchanges.ledger.metrics)["sluice_heartbeats_total",] >= 1
    await quick.until_idle()
