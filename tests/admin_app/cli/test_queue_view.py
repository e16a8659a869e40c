"""The queue as text."""

from copy import deepcopy
from typing import cast

from admin_app.cli.queue_view import Queue, render
from tests.admin_app.cli.fake_gate import QUEUE


def _queue(**changes: object) -> Queue:
    return cast("Queue", {**deepcopy(QUEUE), **changes})


def test_running_and_waiting_tickets_stand_in_two_tables() -> None:
    heading, running, waiting = render(_queue()).split("\n\n")
    assert heading == "open: 1 of 1 slots in use, 1 waiting"
    assert running.splitlines()[0].split() == ["PRINCIPAL", "CLASS", "MODEL", "RUNNING", "TOKENS", "TICKET"]
    assert running.splitlines()[1].split()[:5] == ["office", "direct_api", "gemma3", "0:07", "12"]
    assert waiting.splitlines()[1].split() == [
        "1",
        "app1",
        "custom_app",
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
    assert render(empty).startswith("paused: 0 of 2 slots in use, 0 waiting\n\nNothing runs and nothing waits.")


def test_a_running_ticket_without_tokens_yet_has_a_dash() -> None:
    queue = _queue(waiting=[])
    queue["running"][0]["tokens"] = None
    assert render(queue).splitlines()[3].split()[4] == "-"


def test_a_model_name_from_a_request_cannot_steer_the_terminal() -> None:
    queue = _queue(running=[])
    queue["waiting"][0]["model"] = "\x1b]0;owned\x07"
    assert "\x1b" not in render(queue)
