"""One frame of `sluice queue --watch`.

Promise: no line is wider than the window, and there are fewer lines than it has; what does not fit is counted.
Pure.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from admin_app.cli.queue_view import (
    NOTHING,
    RUNNING_HEADERS,
    WAITING_HEADERS,
    heading,
    running_cells,
    waiting_cells,
)
from admin_app.cli.tables import table
from admin_app.cli.widths import clipped, fits, wrapped
from admin_app.printable import printable
from admin_app.queue_form import Queue
from admin_app.words import clock

_TICKET_LETTERS = 8
_BRIEF = {"POSITION": "#", "PRINCIPAL": "WHO", "RUNNING": "RUNS", "TOKENS/S": "T/S"}
# Tried one after the other until the table fits: how many letters of a cell are shown.
_NARROWER = (16, 12, 9)

type Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """What the terminal has room for."""

    columns: int
    lines: int


@dataclass(frozen=True, slots=True)
class Look:
    """The gate's last answer and when it came; `silence` is why it has not answered since."""

    queue: Queue
    at: float
    silence: str = ""


def frame(look: Look, now: float, window: Window | None, *, with_why: bool = False) -> Sequence[str]:
    """The lines to draw; without a window, as into a file, all of them at any width."""
    columns = window.columns if window else None
    queue, top = look.queue, list(_top(look, now, columns))
    room = max(window.lines - 1 - len(top), 0) if window else None
    running = _table(RUNNING_HEADERS, queue["running"], running_cells, columns)
    waiting = _table(WAITING_HEADERS, queue["waiting"], waiting_cells, columns)
    if not running and not waiting:
        running = [clipped(NOTHING, columns)]
    shares = _shares(room, len(running), len(waiting), with_why=with_why)
    lines = [*top, *_block(running, shares[0], "run", columns), *_block(waiting, shares[1], "wait", columns)]
    if with_why and waiting:
        lines += _reasons(queue, columns, None if window is None else window.lines - 1 - len(lines))
    return lines if window is None else lines[: max(window.lines - 1, 1)]


def _top(look: Look, now: float, columns: int | None) -> Iterator[str]:
    if look.silence:
        sentence = f"{_time(now)}, no answer: {printable(look.silence)} Still trying; Ctrl-C ends."
        yield from wrapped(f"{sentence} The last answer came at {_time(look.at)}:", columns)
    yield clipped(f"{_time(look.at)}, {heading(look.queue, look.at)}", columns)


def _table[One](
    headers: Sequence[str], ones: Sequence[One], cells: Callable[[One], Row], columns: int | None
) -> Sequence[str]:
    """The table by lines, as wide as the window at most; nothing for nobody."""
    rows = [cells(one) for one in ones]
    if not rows:
        return []
    lines = table(headers, rows).splitlines()
    if columns is None or fits(lines, columns):
        return lines
    rows = [(*row[:-1], str(row[-1])[:_TICKET_LETTERS]) for row in rows]
    lines = table(headers, rows).splitlines()
    brief = [_BRIEF.get(header, header) for header in headers]
    for letters in _NARROWER:
        if fits(lines, columns):
            break
        lines = table(brief, [[_short(cell, letters) for cell in row] for row in rows]).splitlines()
    return [clipped(line, columns) for line in lines]


def _short(cell: object, letters: int) -> object:
    # Whoever was bumped is before every number, so that the word says it all.
    if isinstance(cell, str) and cell.endswith(" (bumped)"):
        return "bumped"
    return clipped(cell, letters) if isinstance(cell, str) else cell


def _shares(room: int | None, running: int, waiting: int, *, with_why: bool) -> tuple[int, int]:
    """How many lines each table gets, blank one before it left out: what one does not need, the other has."""
    if room is None:
        return running, waiting
    free = max(room - bool(running) - bool(waiting), 0)
    # A reason takes a line as well, or more.
    wanted = waiting * (2 if with_why else 1)
    first = min(running, max(free - wanted, free // 2))
    rest = free - first
    return first, min(waiting, rest // 2 if with_why else rest)


def _block(lines: Sequence[str], share: int, verb: str, columns: int | None) -> Sequence[str]:
    """A blank line and the table, or as much of it as fits and how many more there are."""
    if not lines:
        return []
    kept = len(lines) if len(lines) <= share else max(share - 1, 1)
    left_off = len(lines) - kept
    return ["", *lines[:kept], *([clipped(f"{left_off} more {verb}.", columns)] if left_off else [])]


def _reasons(queue: Queue, columns: int | None, room: int | None) -> Sequence[str]:
    lines = [""]
    for one in queue["waiting"]:
        lines += wrapped(f"{one['position']}. {printable(one['why'])}", columns)
    if room is None or len(lines) <= room:
        return lines
    return [*lines[: max(room - 1, 0)], clipped("The other reasons do not fit here.", columns)]


def _time(instant: float) -> str:
    return f"{clock(instant).rpartition(' ')[2]} UTC"
