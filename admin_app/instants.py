"""Instants as people write them in an address line."""

import math
from datetime import UTC, datetime

from admin_app.errors import InputError


def instant_of(name: str, text: str) -> float:
    """Unix seconds, from unix seconds or ISO 8601 (UTC where no zone is said). Raises InputError."""
    try:
        instant = float(text) if text.isascii() else math.nan
    except ValueError:
        instant = _iso_instant(text)
    if not math.isfinite(instant):
        raise InputError(f"{name} must be unix seconds (1785542400) or ISO 8601 (2026-08-01).")
    return instant


def _iso_instant(text: str) -> float:
    try:
        instant = datetime.fromisoformat(text)
        return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return math.nan
