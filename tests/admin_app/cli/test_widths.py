"""Text that fits a terminal's window."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_app.cli.widths import clipped, fits, width, wrapped


@pytest.mark.parametrize(("text", "cells"), [("", 0), ("gemma3", 6), ("größer", 6), ("模型", 4)])
def test_letters_of_east_asia_take_two_cells(text: str, cells: int) -> None:
    assert width(text) == cells


@pytest.mark.parametrize(
    ("text", "columns", "shown"),
    [("gemma3:4b", 9, "gemma3:4b"), ("gemma3:4b", 8, "gemma3:…"), ("模型模型", 6, "模型…"), ("ab", None, "ab")],
)
def test_what_is_too_wide_is_cut_and_says_so(text: str, columns: int | None, shown: str) -> None:
    assert clipped(text, columns) == shown


@given(st.text(), st.integers(1, 40))
def test_nothing_is_ever_wider_than_asked(text: str, columns: int) -> None:
    assert fits([clipped(text, columns), *wrapped(text, columns)], columns)


def test_a_sentence_is_broken_between_words() -> None:
    assert wrapped("Nobody is ahead of it.", 12) == ["Nobody is", "ahead of it."]
