"""`sluice queue`, against a real Unix socket."""

import re
import time

import pytest

from tests.admin_app.cli.running import CommandLine, refusal
from tests.admin_app.fake_gate import QUEUE, FakeGate, answered, refused


def test_the_queue_is_shown_as_tables(sluice: CommandLine, gate: FakeGate) -> None:
    assert sluice.words("queue").startswith("open: 1 of 1 slots in use, 1 waiting\n")
    assert gate.questions == [{"command": "queue"}]


def test_the_queue_as_json_is_the_gates_own_document(sluice: CommandLine, gate: FakeGate) -> None:
    assert sluice.document("queue") == QUEUE


def test_without_a_gate_the_exit_code_is_1(sluice: CommandLine) -> None:
    line = sluice.refusal("queue")
    assert line.startswith(
        f"No gate is running on the data directory {sluice.data_dir}. Start it with `sluice up`"
    )


def test_watching_asks_again_each_second_until_ctrl_c(
    sluice: CommandLine, gate: FakeGate, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(time, "sleep", sleep)
    printed = sluice.words("queue", "--watch")
    assert slept == [1.0, 1.0, 1.0]
    assert len(re.findall(r"(?m)^\d\d:\d\d:\d\d UTC, open: 1 of 1 slots in use, 1 waiting$", printed)) == 3
    assert printed.count("22222222-2222-4222-8222-222222222222") == 3


def test_watching_goes_on_through_a_restart_of_the_gate(
    sluice: CommandLine, gate: FakeGate, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [answered(QUEUE), refused("The gate is stopping."), b"", answered(QUEUE | {"state": "paused"})]
    gate.reply = lambda _: answers[len(gate.questions) - 1]

    def sleep(_: float) -> None:
        if len(gate.questions) == len(answers):
            raise KeyboardInterrupt

    monkeypatch.setattr(time, "sleep", sleep)
    printed = sluice.words("queue", "--watch")
    told = re.findall(r"(?m)^\d\d:\d\d:\d\d UTC, (open|paused|no answer: The gate \w+ \w+)", printed)
    assert told == [
        "open",
        "no answer: The gate is stopping",
        "open",
        "no answer: The gate broke off",
        "open",
        "paused",
    ]
    assert printed.count("The last answer came at ") == 2


def test_watching_a_gate_that_says_no_at_once_fails(sluice: CommandLine, gate: FakeGate) -> None:
    gate.reply = lambda _: refused("The gate is stopping.")
    assert sluice.refusal("queue", "--watch") == "The gate is stopping."


def test_watching_as_json_is_refused(sluice: CommandLine, gate: FakeGate) -> None:
    line = refusal(sluice("queue", "--watch", "--json"), 2)
    assert "--watch draws for people" in line
    assert gate.questions == []


def test_looking_at_the_queue_makes_no_database(gate: FakeGate, sluice: CommandLine) -> None:
    (sluice.data_dir / "sluice.db").unlink()
    sluice.words("queue")
    assert not (sluice.data_dir / "sluice.db").exists()
