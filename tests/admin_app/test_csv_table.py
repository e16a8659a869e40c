"""Tables for spreadsheets: whatever somebody typed is text and never a formula."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_app.csv_table import csv_table

_SIGNS = "=+-@＝＋－＠"  # noqa: RUF001 - these very letters


def _cell(text: str) -> str:
    (row,) = list(csv.reader(io.StringIO(csv_table(("name",), [(text,)]), newline="")))[1:]
    return row[0]


@pytest.mark.parametrize("sign", [*_SIGNS, "\t", "\r", "\n"])
def test_a_cell_that_begins_like_a_formula_is_made_text(sign: str) -> None:
    assert _cell(f"{sign}1+1") == f"'{sign}1+1"


@pytest.mark.parametrize("cut", [";", "|", "\t", "\n"])
@pytest.mark.parametrize("sign", _SIGNS)
def test_a_formula_where_a_spreadsheet_may_cut_is_made_text_too(cut: str, sign: str) -> None:
    assert _cell(f"a{cut}{sign}1") == f"a{cut}'{sign}1"
    assert _cell(f'a{cut} "{sign}1"') == f'a{cut}\' "{sign}1"'


@pytest.mark.parametrize("text", ["gemma3:4b", "a-b", "a; b", "1+1", "ann@example.org", "a|b", "ＡＢ", ""])  # noqa: RUF001
def test_other_text_stays_as_it_is(text: str) -> None:
    assert _cell(text) == text


def test_numbers_below_nothing_stay_numbers() -> None:
    assert csv_table(("x",), [(-1.5,), (-2,)]).split() == ["x", "-1.5", "-2"]


@given(st.text(alphabet=f"{_SIGNS};|\t\r\n a'\",", max_size=12))
def test_no_part_begins_with_a_sign_wherever_it_is_cut(text: str) -> None:
    for part in re.split(r"[;|\t\r\n]", _cell(text)):
        assert not part.lstrip(' "').startswith(tuple(_SIGNS)) or part[0] in ' "'
