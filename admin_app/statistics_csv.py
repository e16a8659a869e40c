"""The tables of the statistics page for spreadsheets: by step of time, by principal, by model, by reason."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from admin_app.csv_table import Cell, csv_table
from admin_app.errors import InputError

_COLUMNS = ("requests", "failed", "tokens_in", "tokens_out", "tokens_per_s", "busy")
_WAITS = ("p50_s", "p95_s", "p99_s")
_USE = ("id", "name", "requests", "failed", "tokens_in", "tokens_out", "ran_s")


def wanted_table(asked: Mapping[str, str]) -> str:
    """Which table `table` asks for; that of the steps is the usual one. Raises InputError for one there is not."""
    table = asked.get("table", "steps")
    if table not in _TABLES:
        raise InputError(f"table must be one of {', '.join(_TABLES)}.")
    return table


def as_csv(told: Mapping[str, Any], table: str) -> str:
    """That table of what the page shows."""
    return _TABLES[table](told)


def _steps(told: Mapping[str, Any]) -> str:
    """When each step began (ISO 8601), the sums, and the percentiles of each class's waits."""
    kinds = sorted(told["waits"])
    columns = ["at", *_COLUMNS, *(f"{kind}_{name}" for kind in kinds for name in _WAITS)]
    return csv_table(
        columns,
        (
            [
                datetime.fromtimestamp(step["at"], UTC).isoformat(),
                *(step[name] for name in _COLUMNS),
                *(_percentile(step["waits"][kind], name) for kind in kinds for name in _WAITS),
            ]
            for step in told["steps"]
        ),
    )


def _percentile(waits: Mapping[str, Any], name: str) -> Cell:
    # Nobody waited, which is not a wait of nothing.
    return waits[name] if waits["requests"] else ""


def _use(name: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda told: csv_table(_USE, ([row[column] for column in _USE] for row in told[name]))


def _refusals(told: Mapping[str, Any]) -> str:
    return csv_table(("reason", "refusals"), list(told["refusals"].items()))


_TABLES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "steps": _steps,
    "principals": _use("principals"),
    "models": _use("models"),
    "refusals": _refusals,
}
