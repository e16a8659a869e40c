"""Times in words, for people. Instants and durations are in seconds; what "now" is, the caller says."""

from datetime import UTC, datetime

# Below the limit the unit reads naturally: "90 minutes" says more than "2 hours", "36 hours" more than "2 days".
_UNITS = ((90.0, 1, "second"), (90.0 * 60, 60, "minute"), (48.0 * 3600, 3600, "hour"))
_DAY_S = 86400


def span(seconds: float) -> str:
    """Return a length of time, rounded to one unit: `3 minutes`, `30 days`."""
    for limit_s, unit_s, name in _UNITS:
        if seconds < limit_s:
            return _counted(round(seconds / unit_s), name)
    return _counted(round(seconds / _DAY_S), "day")


def ago(instant: float | None, now: float) -> str:
    """Return how long ago something was; `never` for None. What a skewed clock puts ahead is `just now`."""
    if instant is None:
        return "never"
    return "just now" if now - instant < 1 else f"{span(now - instant)} ago"


def until(instant: float | None, now: float) -> str:
    """Return when something ends or ended; `never` for None."""
    if instant is None or instant <= now:
        return ago(instant, now)
    return f"in {span(instant - now)}"


def clock(instant: float) -> str:
    """Return an instant as date and time, in UTC: `2026-08-01 12:00:00`."""
    try:
        return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%d %H:%M:%S")
    except (OverflowError, ValueError):
        return "beyond the year 9999"


def stopwatch(seconds: float) -> str:
    """Return a running time as `0:07` or `1:02:03`."""
    minutes, rest = divmod(int(max(seconds, 0.0)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def between(low_s: float | None, high_s: float | None) -> str | None:
    """Return an estimate as a range in one unit: `1-3 min`; None where there is none."""
    if low_s is None or high_s is None:
        return None
    limits = ((90.0, 1, "s"), (90.0 * 60, 60, "min"))
    unit_s, name = next(((unit_s, name) for limit_s, unit_s, name in limits if high_s < limit_s), (3600, "h"))
    low, high = round(low_s / unit_s), round(high_s / unit_s)
    if low == high:
        return f"{high} {name}"
    return f"{low}-{high} {name}" if low or unit_s == 1 else f"up to {high} {name}"


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
