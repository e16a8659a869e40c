"""The steps of a stretch of time as a table for spreadsheets (RFC 4180); numbers only, so no cell is a formula."""

import csv
import io
from datetime import UTC, datetime
from typing import Any

_COLUMNS = ("requests", "failed", "tokens_in", "tokens_out", "tokens_per_s", "busy")
_WAITS = ("p50_s", "p95_s", "p99_s")


def as_csv(told: dict[str, Any]) -> str:
    """One line a step: when it began (ISO 8601), the sums, and the percentiles of each class's waits."""
    kinds = sorted(told["waits"])
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(["at", *_COLUMNS, *(f"{kind}_{name}" for kind in kinds for name in _WAITS)])
    for step in told["steps"]:
        at = datetime.fromtimestamp(step["at"], UTC).isoformat()
        waits = [step["waits"][kind][name] for kind in kinds for name in _WAITS]
        table.writerow([at, *(step[name] for name in _COLUMNS), *waits])
    return text.getvalue()
