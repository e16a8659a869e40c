"""A JSON object: what is one, and how deep it may go. What else is refused is told in test_ask.py."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.core.refusal import Reason, Refusal
from addon.core.strict_json import MOST_LEVELS, read_object
from tests.core.builders import patient


def _deep(levels: int) -> dict[str, object]:
    # Objects and lists in turn.
    inner: object = 1
    for level in range(levels - 1):
        inner = {"x": inner} if level % 2 else [0, inner]
    return {"outermost": inner}


@pytest.mark.parametrize("levels", [1, 2, MOST_LEVELS - 1, MOST_LEVELS])
def test_an_object_of_up_to_64_levels_is_read(levels: int) -> None:
    assert read_object(json.dumps(_deep(levels)).encode()) == _deep(levels)


@pytest.mark.parametrize("levels", [MOST_LEVELS + 1, 500, 5000])
def test_a_deeper_one_is_refused(levels: int) -> None:
    body = b'{"x":' * (levels - 1) + b"{}" + b"}" * (levels - 1)
    assert read_object(body) == Refusal(Reason.BODY_NOT_JSON, "it is nested too deeply")


def test_a_wide_object_is_no_deep_one() -> None:
    body = json.dumps({"messages": [{"content": [1, {}, []]}] * 5000}).encode()
    assert isinstance(read_object(body), dict)


@given(st.recursive(st.none() | st.text(max_size=3), lambda inner: st.lists(inner, max_size=3), max_leaves=30))
@patient
def test_what_is_read_is_what_was_written(value: object) -> None:
    assert read_object(json.dumps({"x": value}).encode()) == {"x": value}


@pytest.mark.parametrize("number", ["1e999", "-1e999", "1" * 400 + ".0"])
def test_a_number_beyond_what_others_can_hold_is_refused(number: str) -> None:
    refusal = read_object(b'{"a":%s}' % number.encode())
    assert isinstance(refusal, Refusal)
    assert "too large" in refusal.detail
