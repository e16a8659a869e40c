"""The queue as text."""

from copy import deepcopy
from typing import cast

from admin_app.cli.queue_view import render
from admin_app.queue_form import Queue
from tests.admin_app.fake_gate import QUEUE

NOW = 1180.0


def _queue(**changes: object) -> Queue:
    return cast("Queue", {**deepcopy(QUEUE), **changes})


def test_running_and_waiting_tickets_stand_in_two_tables() -> None:
    heading, running, waiting = render(_queue(), NOW).split("\n\n")
    assert heading == "open: 1 of 1 slots in use, 1 waiting"
    assert running.splitlines()[0].split() == [
        "PRINCIPAL",
        "CLASS",
        "MODEL",
        "PRIORITY",
        "RUNNING",
        "TOKENS",
        "TOKENS/S",
        "TICKET",
    ]
    cells = running.splitlines()[1].split()
    assert cells[:10] == ["office", "coding", "tool", "gemma3", "1", "->", "0.98", "0:07", "12", "3.9"]
    assert waiting.splitlines()[1].split() == [
        "1",
        "app1",
        "app",
        "gemma3",
        "2",
        "->",
        "1.85",
        "1:30",
        "20-70",
        "s",
        "22222222-2222-4222-8222-222222222222",
    ]


def test_an_empty_queue_says_so() -> None:
    empty = _queue(running=[], waiting=[], slots={"total": 2, "used": 0}, state="paused")
    assert render(empty, NOW).startswith(
        "paused: 0 of 2 slots in use, 0 waiting\n\nNothing runs and nothing waits."
    )


def test_a_running_ticket_without_tokens_yet_has_a_dash() -> None:
    queue = _queue(waiting=[])
    queue["running"][0]["tokens"] = None
    assert render(queue, NOW).splitlines()[3].split()[8] == "-"


def test_a_model_name_from_a_request_cannot_steer_the_terminal() -> None:
    queue = _queue(running=[])
    queue["waiting"][0]["model"] = "\x1b]0;owned\x07"
    assert "\x1b" not in render(queue, NOW)


def test_who_stopped_the_gate_and_when_stands_in_the_heading() -> None:
    assert render(_queue(state="paused", by="ann"), NOW).startswith("paused by ann, 3 minutes ago: 1 of 1 slots")
    assert render(_queue(state="draining"), NOW).startswith("draining: 1 of 1 slots")


def test_the_reasons_are_listed_by_place_for_whoever_asks() -> None:
    assert "Nobody is ahead of it." not in render(_queue(), NOW)
    said = render(_queue(), NOW, with_why=True).split("\n\n")[-1]
    assert said == "1. base 2, waited 1 min 30 s. Nobody is ahead of it."
