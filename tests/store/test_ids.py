"""Row ids as people write them."""

import pytest

from addon.store.ids import parse_id


@pytest.mark.parametrize(("text", "row_id"), [("0", 0), ("7", 7), ("007", 7), ("9" * 18, 10**18 - 1)])
def test_digits_are_an_id(text: str, row_id: int) -> None:
    assert parse_id(text) == row_id


@pytest.mark.parametrize("text", ["", "-1", "1.0", " 1", "1\n", "1_0", "٣", "²", "ten", "9" * 19, "9" * 5000])
def test_anything_else_is_none(text: str) -> None:
    assert parse_id(text) is None
