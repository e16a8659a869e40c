"""Kinds of values: what they take from TOML and from text, and how they say no."""

import tomllib
from datetime import date
from ipaddress import ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.settings.address import Address
from addon.settings.errors import UnfitError
from addon.settings.kinds import Kind, as_toml, flag, number, text, texts, whole


def refusal(kind: Kind[Any], value: object) -> str:
    with pytest.raises(UnfitError) as caught:
        kind.read(value)
    return str(caught.value)


@pytest.mark.parametrize("value", [0, 9])
def test_a_whole_number_may_lie_on_either_bound(value: int) -> None:
    assert whole(0, 9).read(value) == value


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (-1, "it is -1"),
        (10, "it is 10"),
        (3.0, "it is 3.0"),
        (True, "it is true"),
        ("3", 'it is "3"'),
        ([3], "it is a list"),
        ({"a": 3}, "it is a table"),
        (date(2026, 1, 1), "it is a date or time"),
        (10**30, "it is too large a number"),
        ("x" * 61, f'it is "{"x" * 59}…"'),
    ],
)
def test_what_is_no_whole_number_in_range_is_refused_by_its_name(value: object, reason: str) -> None:
    assert refusal(whole(0, 9), value) == reason


@pytest.mark.parametrize("value", [0, 0.1, 1000, 999.9])
def test_a_number_may_be_whole_or_not_and_becomes_a_float(value: float) -> None:
    read = number(0, 1000).read(value)
    assert (read, type(read)) == (value, float)


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), -float("inf"), pytest.param(10**400, id="huge"), -0.1, True, "1"]
)
def test_what_is_no_number_in_range_is_refused(value: object) -> None:
    assert refusal(number(0, 1000), value).startswith("it is ")


def test_only_true_and_false_are_flags() -> None:
    assert [flag().read(True), flag().read(False)] == [True, False]
    assert [refusal(flag(), 1), refusal(flag(), "true")] == ["it is 1", 'it is "true"']


def test_a_text_is_checked_and_read_by_its_form() -> None:
    def number_of_letters(word: str) -> int:
        if not word:
            raise UnfitError("is empty")
        return len(word)

    assert text("a word", number_of_letters).read("abc") == 3
    assert refusal(text("a word", number_of_letters), "") == "it is empty"
    assert texts("words", number_of_letters).read(["ab", "c"]) == (2, 1)
    assert refusal(texts("words", number_of_letters), ["ab", ""]) == '"" is empty'


def test_texts_hold_printable_strings_only() -> None:
    kind = texts("words", str)
    assert refusal(kind, "a") == 'it is "a"'
    assert refusal(kind, ["a", 3]) == "3 is not a string"
    assert refusal(kind, ["a\n"]) == '"a\\n" holds a character that cannot be printed'
    assert refusal(text("a word", str), 3) == "it is not a string"


@pytest.mark.parametrize(
    ("given_text", "value"),
    [
        ("3", 3),
        (" 1_000 ", 1000),
        ("0.5", 0.5),
        ("true", True),
        ("True", "True"),
        ("", ""),
        ("3\nvalue2 = 4", "3\nvalue2 = 4"),
        ("[" * 100_000, "[" * 100_000),
    ],
)
def test_numbers_and_flags_are_written_in_the_environment_as_in_the_file(given_text: str, value: object) -> None:
    assert whole(0, 9).from_text(given_text) == value


@pytest.mark.parametrize(
    ("given_text", "value"),
    [("", []), ("a", ["a"]), ("a, b", ["a", "b"]), ('["a", "b"]', ["a", "b"]), ("a,", ["a", ""]), ("[a", "[a")],
)
def test_a_list_is_written_with_commas_or_as_in_the_file(given_text: str, value: object) -> None:
    assert texts("words", str).from_text(given_text) == value


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (True, "true"),
        (3, "3"),
        (900.0, "900"),
        (0.1, "0.1"),
        ('a "b"', '"a \\"b\\""'),
        (Address("::1", 80), '"[::1]:80"'),
        ((), "[]"),
        ((ip_network("10.0.0.0/8"), "é"), '["10.0.0.0/8", "é"]'),
    ],
)
def test_a_value_is_written_as_toml(value: Any, written: str) -> None:
    assert as_toml(value) == written


@given(
    st.one_of(st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False, allow_infinity=False))
)
def test_what_is_written_as_toml_reads_back_as_the_same_value(value: bool | float) -> None:
    assert tomllib.loads(f"value = {as_toml(value)}")["value"] == value
