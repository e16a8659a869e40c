"""`sluice queue --watch`: asks the gate each second and draws in place, through a restart of the gate too.

Promise: only a gate that is not there at the very beginning is an error. Later its silence is said and it is asked
again and again.
"""

import shutil
import sys
import time
from pathlib import Path
from typing import NoReturn, cast

import click

from admin_app.cli.queue_frame import Look, Window, frame
from admin_app.control import PATIENCE_S, ControlError, ask_gate
from admin_app.queue_form import Queue

_REDRAW_S = 1.0
# The queue is answered from memory; whoever watches wants to hear soon that it is not.
_WATCH_PATIENCE_S = 2.0
# Each line is written over the one that stood there: what is cleared first flickers.
_HOME, _TO_END_OF_LINE, _TO_END_OF_SCREEN = "\x1b[H", "\x1b[K", "\x1b[J"


def ask_for_queue(data_dir: Path, patience_s: float = PATIENCE_S) -> Queue:
    """What the gate says now. Raises ControlError."""
    return cast("Queue", ask_gate(data_dir, "queue", patience_s=patience_s))


def watch_queue(data_dir: Path, *, with_why: bool) -> NoReturn:
    """Draw until KeyboardInterrupt. Raises ControlError when the first question has no answer."""
    look = Look(ask_for_queue(data_dir), time.time())
    while True:
        _draw(look, with_why=with_why)
        time.sleep(_REDRAW_S)
        look = _next(data_dir, look)


def _next(data_dir: Path, last: Look) -> Look:
    try:
        return Look(ask_for_queue(data_dir, _WATCH_PATIENCE_S), time.time())
    except ControlError as error:
        return Look(last.queue, last.at, silence=str(error))


def _draw(look: Look, *, with_why: bool) -> None:
    now = time.time()
    if not sys.stdout.isatty():
        click.echo("\n".join(frame(look, now, None, with_why=with_why)))
        return
    size = shutil.get_terminal_size()
    lines = frame(look, now, Window(size.columns, size.lines), with_why=with_why)
    drawn = "".join(f"{line}{_TO_END_OF_LINE}\n" for line in lines)
    click.echo(f"{_HOME}{drawn}{_TO_END_OF_SCREEN}", nl=False)
