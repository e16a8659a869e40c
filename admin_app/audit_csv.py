"""The audit log as a table for spreadsheets."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime

from admin_app.csv_table import csv_table
from admin_app.shapes import Shape

_COLUMNS = ("id", "at", "actor_id", "actor", "address", "action", "subject_id", "subject", "before", "after")


def as_csv(deeds: Iterable[Shape]) -> str:
    """One line a deed; `at` in ISO 8601, what changed as JSON."""
    return csv_table(_COLUMNS, ([_cell(deed[name], name) for name in _COLUMNS] for deed in deeds))


def _cell(value: object, column: str) -> str:
    if value is None:
        return ""
    if column == "at" and isinstance(value, float):
        return datetime.fromtimestamp(value, UTC).isoformat(timespec="milliseconds")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
