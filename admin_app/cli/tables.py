"""Plain aligned tables for a terminal.

Promise: a cell never steers the terminal. Names of models come from requests, and could hold escape sequences.
"""

from collections.abc import Iterable, Sequence

from admin_app.printable import printable

_GAP = "  "


def table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return the table, one line a row, headers first; None is shown as `-`."""
    lines = [tuple(headers), *(tuple(map(_cell, row)) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(_GAP.join(map(str.ljust, line, widths)).rstrip() for line in lines)


def _cell(value: object) -> str:
    return "-" if value is None else printable(str(value))
