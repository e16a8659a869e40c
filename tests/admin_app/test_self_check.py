"""The self-check behind a page: found in the background, kept for ten minutes."""

import logging
from collections.abc import Iterator
from threading import Event

import pytest

from admin_app.self_check import SelfCheck


def test_asking_does_not_wait_and_the_answer_is_there_the_next_time() -> None:
    may_answer = Event()

    def look() -> Iterator[str]:
        may_answer.wait(5)
        yield "a side door"

    check = SelfCheck(look)
    assert check.known() is None
    may_answer.set()
    check.looking.join(5)
    assert check.known() == ("a side door",)


def test_an_answer_is_renewed_after_ten_minutes_and_not_before() -> None:
    now, looks = [0.0], [0]

    def look() -> list[str]:
        looks[0] += 1
        return [f"look {looks[0]}"]

    check = SelfCheck(look, lambda: now[0])
    for instant, known in [(0.0, "look 1"), (599.9, "look 1"), (600.0, "look 2"), (601.0, "look 2")]:
        now[0] = instant
        check.known()
        check.looking.join(5)
        assert check.known() == (known,)


def test_a_failing_check_is_said_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    def look() -> list[str]:
        raise OSError("no interfaces")

    check = SelfCheck(look)
    check.known()
    check.looking.join(5)
    assert check.known() == ("The self-check failed; the log says why. Run `sluice check`.",)
    assert ("admin_app.self_check", logging.ERROR, "the self-check failed") in caplog.record_tuples
