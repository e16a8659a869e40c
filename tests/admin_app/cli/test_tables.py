"""Tables for the terminal."""

from hypothesis import given
from hypothesis import strategies as st

from admin_app.cli.tables import table
from admin_app.printable import printable


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert table(("ID", "NAME"), [(1, "a"), (1000, None)]) == "ID    NAME\n1     a\n1000  -"


def test_a_table_without_rows_is_its_headers() -> None:
    assert table(("ID", "NAME"), []) == "ID  NAME"


def test_an_escape_sequence_cannot_reach_the_terminal() -> None:
    assert table(("MODEL",), [("\x1b[2Jgemma\r\n3\u202e",)]) == "MODEL\n?[2Jgemma??3?"


@given(st.lists(st.tuples(st.text(), st.text()), max_size=5))
def test_every_row_is_exactly_one_line_of_plain_letters(rows: list[tuple[str, str]]) -> None:
    lines = table(("ONE", "TWO"), rows).split("\n")
    assert len(lines) == len(rows) + 1
    assert all(line.isprintable() for line in lines)


def test_plain_letters_of_any_language_stay() -> None:
    assert printable("Grüße 模型") == "Grüße 模型"
