"""`sluice upstream list`: how Ollama is, for people and for programs."""

import time
from pathlib import Path
from typing import Any

from tests.admin_app.cli.running import CommandLine
from tests.admin_app.fake_gate import FakeGate, answered
from tests.admin_app.test_upstreams_page import UPSTREAM


def _say(gate: FakeGate, **changes: Any) -> None:
    gate.reply = lambda _: answered({"upstreams": [UPSTREAM | changes]})


def test_the_state_the_failures_and_the_models_are_printed(sluice: CommandLine, gate: FakeGate) -> None:
    _say(gate, since_at=time.time() - 7200)
    heading, failures, loaded, installed = sluice.words("upstream", "list").split("\n\n")
    assert heading == (
        "default at http://127.0.0.1:11434: up for 2 hours, version 0.32.15, answers in 1.5 ms, slots 1"
    )
    assert failures == "down for 3 minutes at 2026-08-01 09:57:00 UTC"
    assert loaded.splitlines()[1].split()[:5] == ["gemma3:4b", "6.0", "GB", "67", "%"]
    assert installed.splitlines()[1].split() == ["<b>gemma3:4b</b>", "3.3", "GB", "4.3B", "Q4_K_M"]


def test_an_upstream_that_is_down_has_one_line(sluice: CommandLine, gate: FakeGate) -> None:
    _say(gate, state="down", history=[], version=None, latency_ms=None, loaded=None, installed=None)
    assert ": down for " in sluice.words("upstream", "list")


def test_what_is_wrong_is_said(sluice: CommandLine, gate: FakeGate) -> None:
    _say(gate, state="down", trouble="does not answer within 2 seconds", slots=2, served_at_once={"gemma3": 1})
    told = sluice.words("upstream", "list")
    assert "Ollama at http://127.0.0.1:11434 does not answer within 2 seconds." in told
    assert "only 1 of the 2 requests for gemma3" in told


def test_programs_get_what_the_gate_says(sluice: CommandLine, gate: FakeGate) -> None:
    _say(gate)
    assert sluice.document("upstream", "list") == [UPSTREAM]


def test_without_a_gate_it_says_so(sluice: CommandLine, data_dir: Path) -> None:
    assert str(data_dir) in sluice.refusal("upstream", "list")
