"""One frame of `sluice queue --watch`, for any window."""

from copy import deepcopy
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_app.cli.queue_frame import Look, Window, frame
from admin_app.cli.widths import fits
from admin_app.queue_form import Queue
from tests.admin_app.fake_gate import QUEUE

NOON = 1_785_585_600.0
TICKET = "22222222-2222-4222-8222-222222222222"


def _queue(running: int = 1, waiting: int = 1, **changes: Any) -> Queue:
    queue = deepcopy(QUEUE)
    queue["running"] = [queue["running"][0] | {"ticket": f"{number:08}-1111"} for number in range(running)]
    queue["waiting"] = [queue["waiting"][0] | {"position": number} | changes for number in range(1, waiting + 1)]
    return cast("Queue", queue)


def _frame(queue: Queue, columns: int = 200, lines: int = 50, **more: Any) -> list[str]:
    return list(frame(Look(queue, NOON, more.pop("silence", "")), NOON + 9, Window(columns, lines), **more))


def test_a_frame_begins_with_the_time_and_the_state() -> None:
    assert _frame(_queue())[0] == "12:00:00 UTC, open: 1 of 1 slots in use, 1 waiting"


def test_where_there_is_room_the_whole_ticket_is_shown() -> None:
    assert _frame(_queue())[-1].endswith(TICKET)


def test_at_the_usual_width_every_column_is_there_and_the_ticket_is_short() -> None:
    lines = _frame(_queue(bumped=True), 80)
    assert lines[-2].split() == ["#", "WHO", "CLASS", "MODEL", "PRIORITY", "WAITED", "STILL", "TICKET"]
    assert lines[-1].split() == ["1", "app1", "app", "gemma3", "bumped", "1:30", "20-70", "s", "22222222"]
    assert lines[-4].split()[1:3] == ["coding", "tool"]


def test_bumped_ones_are_marked() -> None:
    assert "2 -> 1.85 (bumped)" in _frame(_queue(bumped=True))[-1]
    assert "bumped" not in "".join(_frame(_queue()))


def test_long_names_are_cut_before_the_ticket_is() -> None:
    lines = _frame(_queue(principal="somebody with a very long name", model="hf.co/somebody/some-model:q4"), 80)
    assert lines[-1].endswith("22222222")
    assert "somebody" in lines[-1]


def test_what_does_not_fit_below_is_counted() -> None:
    lines = _frame(_queue(1, 40), lines=20)
    assert len(lines) == 19
    shown = sum(line.rstrip().endswith(TICKET) for line in lines)
    assert lines[-1] == f"{40 - shown} more wait."


def test_many_that_run_leave_half_the_room_to_those_that_wait() -> None:
    lines = _frame(_queue(40, 40), lines=24)
    assert "more run." in "\n".join(lines)
    assert lines[-1].endswith("more wait.")
    assert 5 < sum(line.rstrip().endswith(TICKET) for line in lines) < 12


def test_reasons_are_broken_between_words_and_what_is_left_off_is_said() -> None:
    lines = _frame(_queue(1, 2), 40, with_why=True)
    assert lines[-2:] == ["2. base 2, waited 1 min 30 s. Nobody is", "ahead of it."]
    lines = _frame(_queue(1, 30), 40, 24, with_why=True)
    assert lines[-1] == "The other reasons do not fit here."


def test_a_silent_gate_is_told_with_the_time_of_its_last_answer() -> None:
    lines = _frame(_queue(), silence="No gate is running.")
    assert lines[0] == (
        "12:00:09 UTC, no answer: No gate is running. Still trying; Ctrl-C ends. "
        "The last answer came at 12:00:00 UTC:"
    )
    assert lines[1].startswith("12:00:00 UTC, open:")


def test_without_a_window_nothing_is_cut() -> None:
    lines = frame(Look(_queue(1, 300), NOON), NOON, None, with_why=True)
    assert sum(line.endswith(TICKET) for line in lines) == 300
    assert sum("Nobody is ahead of it." in line for line in lines) == 300


def test_an_empty_queue_says_so() -> None:
    assert _frame(_queue(0, 0))[-1].startswith("Nothing runs and nothing waits.")


@pytest.mark.parametrize("silence", ["", "The gate did not answer within 2 s. Is it overloaded?"])
@given(
    st.integers(0, 30),
    st.integers(0, 30),
    st.integers(1, 120),
    st.integers(2, 40),
    st.booleans(),
    st.text(max_size=40),
)
def test_a_frame_never_wraps_and_never_scrolls(
    silence: str, running: int, waiting: int, columns: int, lines: int, with_why: bool, model: str
) -> None:
    drawn = _frame(_queue(running, waiting, model=model), columns, lines, with_why=with_why, silence=silence)
    assert fits(drawn, columns)
    assert 0 < len(drawn) < lines
    assert all(line.isprintable() for line in drawn)
