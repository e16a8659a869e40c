"""Durations as people write them on a command line: 45s, 90m, 24h, 30d."""

import re

_FORM = re.compile(r"([0-9]{1,9})([smhd])")
_UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def parse_duration(text: str) -> float:
    """Return the seconds of `30d`, `24h`, `90m` or `45s`.

    Raises ValueError, with a sentence, for any other form and for zero.
    """
    match = _FORM.fullmatch(text.strip())
    seconds = int(match[1]) * _UNITS_S[match[2]] if match else 0
    if not seconds:
        raise ValueError(f"{text!r} is not a duration. Write a number above 0 and a unit: 30d, 24h, 90m or 45s.")
    return float(seconds)
