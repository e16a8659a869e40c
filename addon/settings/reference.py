"""The settings as documents: the sample file and the reference table, made from the declarations alone."""

from itertools import groupby
from operator import attrgetter
from textwrap import wrap

from addon.settings.catalogue import Setting
from addon.settings.sources import SETTINGS, UPSTREAM

_HEAD = """\
# Every setting of Sluice, at its default. Sluice runs without this file.
# To change a setting, remove the # before its name. Start with `sluice up --config THIS-FILE`.
# Environment variables stand above this file: SLUICE_QUEUE__MAX_WAITING=100 for queue.max_waiting.
"""


def sample() -> str:
    """Return the text of config/sluice.toml: every key, commented out at its default, with its meaning."""
    blocks = [_HEAD]
    for section, members in groupby(SETTINGS.values(), attrgetter("section")):
        blocks.append(f"\n{_header(section)}\n" + "\n".join(_lines(one) for one in members))
    return "".join(blocks)


def _header(section: str) -> str:
    return f"[[{section}]]" if section == UPSTREAM else f"[{section}]"


def _lines(one: Setting) -> str:
    comment = "".join(f"# {line}\n" for line in wrap(one.meaning, 100))
    return f"{comment}#{one.key.rpartition('.')[2]} = {one.shown_default}\n"


def reference() -> str:
    """Return the Markdown table of config/README.md: one row a setting."""
    rows = ["| setting | default | may be | meaning |", "|---|---|---|---|", *map(_row, SETTINGS.values())]
    return "\n".join(rows) + "\n"


def _row(one: Setting) -> str:
    cells = (f"`{one.key}`", f"`{one.shown_default}`", one.kind.expects, one.meaning)
    return f"| {' | '.join(cells)} |"
