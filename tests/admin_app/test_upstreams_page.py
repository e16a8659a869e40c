"""The upstreams page as the server draws it, from what a gate on the control socket says."""

from collections.abc import Generator
from typing import Any

import pytest

from tests.admin_app.fake_gate import FakeGate, answered, refused
from tests.admin_app.house import NOON, Browser, House

PATH = "/admin/upstreams"
UPSTREAM: dict[str, Any] = {
    "name": "default",
    "url": "http://127.0.0.1:11434",
    "state": "up",
    "since_at": NOON - 7200,
    "history": [
        {"state": "up", "since_at": NOON - 7200, "until_at": None},
        {"state": "down", "since_at": NOON - 7380, "until_at": NOON - 7200},
        {"state": "up", "since_at": NOON - 9000, "until_at": NOON - 7380},
    ],
    "version": "0.32.15",
    "latency_ms": 1.5,
    "trouble": None,
    "slots": 1,
    "served_at_once": {},
    "loaded": [
        {
            "name": "gemma3:4b",
            "size_bytes": 6_000_000_000,
            "vram_bytes": 4_000_000_000,
            "context_length": 4096,
            "expires_at": NOON + 240,
        }
    ],
    "installed": [
        {
            "name": "<b>gemma3:4b</b>",
            "size_bytes": 3_300_000_000,
            "parameter_size": "4.3B",
            "quantization": "Q4_K_M",
            "modified_at": NOON - 86400 * 9,
        }
    ],
}


@pytest.fixture
def gate(house: House) -> Generator[FakeGate]:
    with FakeGate(house.context.settings.data_dir / "control.sock") as gate:
        _say(gate)
        yield gate


def _say(gate: FakeGate, **changes: object) -> None:
    gate.reply = lambda _: answered({"upstreams": [UPSTREAM | changes]})


def test_everything_the_gate_knows_is_shown_without_a_script(admin: Browser, gate: FakeGate) -> None:
    page = admin.get(PATH).text
    assert gate.questions == [{"command": "upstreams"}]
    for shown in ("0.32.15", "1.5 ms", "6.0 GB", "67 %", "4096", "in 4 minutes", "3.3 GB", "4.3B", "Q4_K_M"):
        assert shown in page, shown
    assert "9 days ago" in page
    assert 'title="2026-08-01 12:04 UTC"' in page


def test_the_history_is_told_in_words(admin: Browser, gate: FakeGate) -> None:
    page = admin.get(PATH).text
    assert "down for 3 minutes at" in page
    assert "2026-08-01 09:57 UTC" in page
    assert '">2 hours</time>' in page
    _say(gate, history=[{"state": "up", "since_at": NOON - 7200, "until_at": None}])
    assert "None in the last" in admin.get(PATH).text


@pytest.mark.usefixtures("gate")
def test_names_of_models_are_texts(admin: Browser) -> None:
    page = admin.get(PATH).text
    assert "&lt;b&gt;gemma3:4b&lt;/b&gt;" in page
    assert "<b>gemma3" not in page


def test_an_ollama_that_is_down_is_said_to_be(admin: Browser, gate: FakeGate) -> None:
    down = "cannot be connected to (All connection attempts failed)"
    _say(gate, state="down", trouble=down, loaded=None, installed=None, latency_ms=None, version=None)
    page = admin.get(PATH).text
    assert "Ollama at http://127.0.0.1:11434 cannot be connected to (All connection attempts failed)." in page
    assert "`ollama serve` starts it" in page
    assert "upstream.url" in page
    assert page.count("Not known while Ollama is down.") == 2
    assert "does not tell" not in page


def test_an_ollama_that_is_up_and_silent_about_its_models_is_said_to_be(admin: Browser, gate: FakeGate) -> None:
    _say(gate, loaded=None, installed=None)
    page = admin.get(PATH).text
    assert "Ollama does not tell which models are in memory." in page
    assert "Ollama does not tell which models are installed." in page


def test_what_is_in_memory_is_not_offered_to_be_loaded(admin: Browser, gate: FakeGate) -> None:
    assert 'data-act="load"' in admin.get(PATH).text
    _say(gate, installed=[UPSTREAM["installed"][0] | {"name": "gemma3:4b"}])
    assert 'data-act="load"' not in admin.get(PATH).text


def test_an_empty_ollama_says_what_to_do(admin: Browser, gate: FakeGate) -> None:
    _say(gate, loaded=[], installed=[])
    page = admin.get(PATH).text
    assert "No model is in memory." in page
    assert "No model is installed. Pull one below" in page


def test_more_slots_than_one_come_with_advice(admin: Browser, gate: FakeGate) -> None:
    assert "OLLAMA_NUM_PARALLEL is 1 unless you set it" in admin.get(PATH).text
    _say(gate, slots=4)
    assert "OLLAMA_NUM_PARALLEL=4" in admin.get(PATH).text


def test_an_ollama_that_answers_fewer_than_there_are_slots_is_named(admin: Browser, gate: FakeGate) -> None:
    _say(gate, slots=4, served_at_once={"<i>gemma3</i>:4b": 1})
    page = admin.get(PATH).text
    assert "only 1 of the 4 requests for &lt;i&gt;gemma3&lt;/i&gt;:4b" in page
    assert "OLLAMA_NUM_PARALLEL=4, or set the slots to 1." in page


def test_a_gate_that_cannot_be_asked_is_said_to_be_away(admin: Browser) -> None:
    answer = admin.get(PATH)
    assert answer.status_code == 200
    assert "No gate is running" in answer.text
    assert "The rest of this panel works." in answer.text


def test_a_gates_refusal_is_shown(admin: Browser, gate: FakeGate) -> None:
    gate.reply = lambda _: refused("The gate knows no command 'upstreams'.")
    assert "The gate knows no command" in admin.get(PATH).text
