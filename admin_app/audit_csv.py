"""The audit log as a table for spreadsheets (RFC 4180).

Promise: no cell is a formula, whatever somebody has called a key (OWASP, CSV injection): one that would be taken
for one begins with an apostrophe.
"""

import csv
import io
import json
from collections.abc import Iterable
from datetime import UTC, datetime

from admin_app.shapes import Shape

# A tab or carriage return may hide the sign behind it.
_SIGNS = ("=", "+", "-", "@", "\t", "\r")
_COLUMNS = ("id", "at", "actor_id", "actor", "address", "action", "subject_id", "subject", "before", "after")


def as_csv(deeds: Iterable[Shape]) -> str:
    """One line a deed, below the names of the columns; `at` in ISO 8601, what changed as JSON."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(_COLUMNS)
    table.writerows([_cell(deed[name], name) for name in _COLUMNS] for deed in deeds)
    return text.getvalue()


def _cell(value: object, column: str) -> str:
    if value is None:
        return ""
    if column == "at" and isinstance(value, float):
        return datetime.fromtimestamp(value, UTC).isoformat(timespec="milliseconds")
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"'{text}" if text.startswith(_SIGNS) else text
