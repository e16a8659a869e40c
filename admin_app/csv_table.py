"""Tables for spreadsheets (RFC 4180).

Promise: no cell is a formula, whatever somebody has called a key or a model (OWASP, CSV injection): text that
would be taken for one begins with an apostrophe, and so does each part of it that a spreadsheet may cut off.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence

# Also those as wide as a Chinese letter, which spreadsheets read alike.
_FORMULA = "[=+\\-@＝＋－＠]"  # noqa: RUF001 - these very letters
# A tab or a line's end may hide the sign behind it, and where commas are decimal a spreadsheet cuts at semicolons
# whatever the quotes say.
_AT_THE_BEGINNING = re.compile(rf"(?=[\t\r\n]|{_FORMULA})")
_BEHIND_A_CUT = re.compile(rf"([;|\t\r\n])(?=[\s\"]*{_FORMULA})")

type Cell = str | int | float


def csv_table(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """The rows below the names of the columns."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(columns)
    table.writerows([_harmless(cell) for cell in row] for row in rows)
    return text.getvalue()


def _harmless(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    text = _BEHIND_A_CUT.sub(r"\1'", cell)
    return f"'{text}" if _AT_THE_BEGINNING.match(text) else text
