"""`sluice pause`, `resume`, `drain`, `slots`, `cancel` and `bump`, against a real Unix socket."""

import pytest

from tests.admin_app.cli.running import CommandLine
from tests.admin_app.fake_gate import FakeGate, answered, refused

_TICKET = "22222222-2222-4222-8222-222222222222"


@pytest.mark.parametrize(
    ("command", "told"), [("pause", "Paused."), ("resume", "Resumed."), ("drain", "Draining.")]
)
def test_the_gate_is_told_and_the_outcome_said(
    sluice: CommandLine, gate: FakeGate, command: str, told: str
) -> None:
    gate.reply = lambda _: answered({"state": "new"})
    assert sluice.words(command).startswith(told)
    assert sluice.document(command) == {"state": "new"}
    assert gate.questions == [{"command": command}] * 2


@pytest.mark.parametrize(("command", "told"), [("cancel", "is cancelled."), ("bump", "is at the front.")])
def test_one_ticket_is_named_to_the_gate(sluice: CommandLine, gate: FakeGate, command: str, told: str) -> None:
    gate.reply = lambda _: answered({})
    assert sluice.words(command, _TICKET) == f"Ticket {_TICKET} {told}\n"
    assert [(one["command"], one["ticket"]) for one in gate.questions] == [(command, _TICKET)]


def test_a_bump_may_name_another_priority(sluice: CommandLine, gate: FakeGate) -> None:
    gate.reply = lambda _: answered({})
    assert sluice.words("bump", _TICKET, "--priority", "0") == f"Ticket {_TICKET} has base priority 0.\n"
    assert gate.questions == [{"command": "bump", "ticket": _TICKET, "priority": 0}]


def test_the_slots_are_told_to_the_gate(sluice: CommandLine, gate: FakeGate) -> None:
    gate.reply = lambda _: answered({"slots": {"total": 3, "used": 1}})
    assert sluice.words("slots", "3").startswith("3 at a time.")
    assert sluice.words("slots", "--configured").startswith("3 at a time.")
    assert "Name a number" in sluice.refusal("slots", exit_code=2)
    assert "Name a number" in sluice.refusal("slots", "3", "--configured", exit_code=2)
    gate.reply = lambda _: refused("upstream.slots must be a whole number. Nothing was changed.")
    assert sluice.refusal("slots", "0", "--upstream", "big").startswith("upstream.slots must be")
    assert gate.questions == [
        {"command": "slots", "slots": 3, "upstream": None},
        {"command": "slots", "slots": "configured", "upstream": None},
        {"command": "slots", "slots": 0, "upstream": "big"},
    ]


@pytest.mark.parametrize("command", ["cancel", "bump"])
def test_a_refusal_of_the_gate_is_passed_on(sluice: CommandLine, gate: FakeGate, command: str) -> None:
    gate.reply = lambda _: refused("There is no such ticket.")
    assert sluice.refusal(command, _TICKET) == "There is no such ticket."


@pytest.mark.parametrize(
    "command", [("pause",), ("resume",), ("drain",), ("cancel", _TICKET), ("bump", _TICKET), ("slots", "1")]
)
def test_without_a_gate_nothing_is_claimed(sluice: CommandLine, command: tuple[str, ...]) -> None:
    assert sluice.refusal(*command).startswith("No gate is running")
