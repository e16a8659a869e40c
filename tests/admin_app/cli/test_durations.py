"""Durations on the command line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_app.cli.durations import parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("45s", 45), ("90m", 5400), ("24h", 86400), ("30d", 2_592_000), (" 1s ", 1), ("007d", 604_800)],
)
def test_a_number_and_a_unit_are_seconds(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "30",
        "d",
        "0d",
        "000s",
        "-1d",
        "+1d",
        "1.5h",
        "1h30m",
        "1 h",
        "1w",
        "1D",
        "\u0661d",
        "9999999999d",
        "1d\n2d",
    ],
)
def test_anything_else_is_refused_with_the_right_forms(text: str) -> None:
    with pytest.raises(ValueError, match="30d, 24h, 90m or 45s") as refused:
        parse_duration(text)
    assert repr(text) in str(refused.value)


@given(st.integers(1, 999_999_999), st.sampled_from("smhd"))
def test_a_longer_number_of_the_same_unit_lasts_longer(number: int, unit: str) -> None:
    assert parse_duration(f"{number}{unit}") > (parse_duration(f"{number - 1}{unit}") if number > 1 else 0)
