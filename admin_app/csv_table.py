"""Tables for spreadsheets (RFC 4180).

Promise: no cell is a formula, whatever somebody has called a key or a model (OWASP, CSV injection): text that
would be taken for one begins with an apostrophe.
"""

import csv
import io
from collections.abc import Iterable, Sequence

# A tab or carriage return may hide the sign behind it.
_SIGNS = ("=", "+", "-", "@", "\t", "\r")

type Cell = str | int | float


def csv_table(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """The rows below the names of the columns."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(columns)
    table.writerows([_harmless(cell) for cell in row] for row in rows)
    return text.getvalue()


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_SIGNS) else cell
