"""The settings as their page tells them: in groups, with titles, units and values that can be read.

Promise: every setting stands in one group; the words of the file (key, raw value) are always there beside ours.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from addon.settings.sources import SETTINGS
from admin_app.shapes import Shape

_LIVE_GROUPS: Mapping[str, tuple[str, ...]] = {
    "How many at once": ("upstream.",),
    "Priorities and aging": ("queue.aging",),
    "Waiting limits": ("queue.max_wait",),
    "Deadlines": ("queue.",),
}
_SECTIONS: Mapping[str, str] = {
    "gate": "The gate and who may ask it",
    "gate.hosts": "Names of their own for pages",
    "upstream": "Ollama",
    "queue": "Waiting streams",
    "queue.base": "Base priorities",
    "limits": "Limits of connections and requests",
    "database": "Database",
    "backup": "Copies",
    "retention": "How long records are kept",
    "log": "Logs",
}
_SIZES = ((2**40, "TiB"), (2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"))
_TIMES = ((86400, "days"), (3600, "h"), (60, "min"))
_UNITS = (
    (("_s", "max_wait_s.direct_api", "max_wait_s.custom_app", "max_wait_s.web_chat"), "seconds"),
    (("_bytes",), "bytes"),
    (("_days",), "days"),
    (("aging_per_minute",), "points a minute"),
    (("slots", "max_waiting", "max_waiting_per_principal"), "requests"),
    (("connections", "connections_per_address"), "connections"),
    (("backup.kept",), "copies"),
)


@dataclass(frozen=True, slots=True)
class Group:
    """Settings that belong together. `table` is their place in the file, or empty for those of several places."""

    title: str
    table: str
    settings: Sequence[Shape]


def told(one: Shape) -> Shape:
    """A setting with what people call it, its unit, and its value and default as people say them."""
    key = str(one["key"])
    said = f"{one['value']} {readable(key, str(one['value']))}"
    return one | {
        "title": SETTINGS[key].title,
        "unit": unit(key),
        "readable": readable(key, str(one["value"])),
        "readable_default": readable(key, str(one["default"])),
        "said": f"{said} {unit(key)}",
    }


def shown(one: Shape) -> str:
    """All the words by which a setting can be found."""
    restart = "needs a restart" if one["needs_restart"] else "takes effect at once"
    return " ".join(str(one[name]) for name in ("key", "title", "meaning", "variable", "said", "source")) + restart


def live_groups(settings: Iterable[Shape]) -> list[Group]:
    """Those that can be changed while the gate runs."""
    rest = [one for one in settings if one["is_live"]]
    groups: list[Group] = []
    for title, beginnings in _LIVE_GROUPS.items():
        some = [one for one in rest if str(one["key"]).startswith(beginnings)]
        rest = [one for one in rest if one not in some]
        groups += [Group(title, "", some)] if some else []
    return groups


def restart_groups(settings: Iterable[Shape]) -> list[Group]:
    """Those that need a restart, by their table in the file."""
    tables: dict[str, list[Shape]] = {}
    for one in settings:
        if not one["is_live"]:
            tables.setdefault(str(one["section"]), []).append(one)
    return [Group(_SECTIONS.get(table, table), table, some) for table, some in tables.items()]


def unit(key: str) -> str:
    """What a setting counts; empty for what is no number, or a number of nothing."""
    return next((word for endings, word in _UNITS if key.endswith(endings)), "")


def readable(key: str, value: str) -> str:
    """A long number as people say it, `64 MiB` or `15 min`; empty where the number itself is as good."""
    scale = {"bytes": _SIZES, "seconds": _TIMES}.get(unit(key), ())
    try:
        number = float(value)
    except ValueError:
        return ""
    size, name = next(((size, name) for size, name in scale if number >= size), (0, ""))
    if not size:
        return ""
    count = f"{number / size:.1f}".removesuffix(".0")
    return f"{count} {'day' if (count, name) == ('1', 'days') else name}"
