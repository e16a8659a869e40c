"""Where a day begins: at midnight UTC, as all instants on our pages are written."""

from datetime import UTC, datetime


def today(now: float) -> float:
    """The instant at which the present day began."""
    return datetime.fromtimestamp(now, UTC).replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
