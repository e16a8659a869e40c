"""Instants as Go writes them in JSON."""

from datetime import UTC, datetime


def timestamp(at: float | None = None) -> str:
    """An instant, or now, as RFC 3339 in UTC with the letter Z."""
    moment = datetime.now(UTC) if at is None else datetime.fromtimestamp(at, UTC)
    return moment.isoformat().replace("+00:00", "Z")
