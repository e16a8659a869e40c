"""How long a priority can be overtaken, in a sentence.

Promise: the sentence is the formula of `aging`, read backwards. A newcomer with a better base gets ahead of a
ticket only while it arrives within `points apart x point_us` after it; later ones find it aged beyond reach.
"""

from collections.abc import Mapping

from addon.core.aging import US_PER_MINUTE, point_us
from addon.core.principal import PRIORITIES

_MINUTES_READ_WELL = 90


def overtaking(priority: int, others: Mapping[str, int], aging_per_minute: float) -> str:
    """How long newcomers can still get ahead of this base priority.

    `others` are the bases that newcomers have, by the plural words people use for them ("coding tools").
    """
    ahead = sorted(((base, words) for words, base in others.items() if base < priority), key=lambda one: one[0])
    if not ahead:
        nobody = "Nobody who comes later gets ahead."
        return "Only newcomers with a lower number get ahead." if priority else nobody
    if aging_per_minute == 0:
        return f"Always behind {_listed([words for _, words in ahead])}: waiting does not count here (no aging)."
    spans = [f"{_span((priority - base) * point_us(aging_per_minute))} behind {words}" for base, words in ahead]
    return f"At most {_listed(spans)}."


def overtaking_by_priority(others: Mapping[str, int], aging_per_minute: float) -> dict[int, str]:
    """The sentence of every priority."""
    return {priority: overtaking(priority, others, aging_per_minute) for priority in PRIORITIES}


def _span(us: int) -> str:
    # "At most" must stay true, so what is left over counts as a whole.
    minutes = -(-us // US_PER_MINUTE)
    if us < US_PER_MINUTE:
        return _counted(-(-us // (US_PER_MINUTE // 60)), "second")
    if minutes <= _MINUTES_READ_WELL:
        return _counted(minutes, "minute")
    hours, rest = divmod(minutes, 60)
    return _counted(hours, "hour") + (f" {_counted(rest, 'minute')}" if rest else "")


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def _listed(parts: list[str]) -> str:
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last
