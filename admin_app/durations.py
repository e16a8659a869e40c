"""Lengths of time as people read them: seconds, then minutes, then hours."""

_SECONDS_UP_TO_S = 120
_MINUTE_S, _HOUR_S = 60, 3600


def lasting(seconds: float) -> str:
    """A measured length: `0.52 s`, `52 s`, `8 min 3 s`, `3 h 39 min`."""
    if seconds < 9.995:
        return f"{seconds:.2f} s"
    whole = round(seconds)
    if whole < _SECONDS_UP_TO_S:
        return f"{whole} s"
    if whole < _HOUR_S:
        return f"{whole // _MINUTE_S} min {whole % _MINUTE_S} s"
    minutes = round(seconds / _MINUTE_S)
    return f"{minutes // 60:,} h {minutes % 60} min"


def about(seconds: float) -> str:
    """An estimated length, in two digits: `about 0.52 s`, `about 8.0 min`, `about 3.7 h`; nothing is `0 s`."""
    if not seconds:
        return "0 s"
    for unit_s, unit in ((_HOUR_S, "h"), (_MINUTE_S, "min")):
        if seconds >= 2 * unit_s:
            return f"about {_two_digits(seconds / unit_s)} {unit}"
    return f"about {_two_digits(seconds)} s"


def _two_digits(value: float) -> str:
    rounded = float(f"{value:.1e}")
    if rounded >= 10:
        return f"{rounded:,.0f}"
    return f"{rounded:.1f}" if rounded >= 1 else f"{rounded:.2g}"
