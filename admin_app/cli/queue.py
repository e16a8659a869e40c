"""`sluice queue`: who runs and who waits, once or continuously."""

import sys
import time
from typing import cast

import click

from addon.settings import Settings
from admin_app.cli.control import ask_gate
from admin_app.cli.given import read_settings
from admin_app.cli.leaf import Answer, leaf
from admin_app.cli.queue_view import Queue, render

_REDRAW_S = 1.0
_HOME_AND_CLEAR = "\x1b[H\x1b[2J"


@click.command("queue")
@click.option("--watch", is_flag=True, help="Redraw every second until Ctrl-C.")
@click.option("--why", "with_why", is_flag=True, help="Say why each waiting request stands where it stands.")
@leaf(read_settings)
def queue(settings: Settings, *, watch: bool, with_why: bool) -> Answer:
    """Show the live queue of the running gate."""
    if watch:
        if click.get_current_context().params["is_json"]:
            raise click.UsageError("--watch draws for people; --json prints once. Use one of them")
        _watch(settings, with_why=with_why)
    found = _ask(settings)
    return Answer(found, render(found, time.time(), with_why=with_why))


def _watch(settings: Settings, *, with_why: bool) -> None:
    """Redraw in place until Ctrl-C, which is the way to end and no failure."""
    start = _HOME_AND_CLEAR if sys.stdout.isatty() else ""
    try:
        while True:
            click.echo(start + render(_ask(settings), time.time(), with_why=with_why))
            time.sleep(_REDRAW_S)
    except KeyboardInterrupt:
        click.get_current_context().exit(0)


def _ask(settings: Settings) -> Queue:
    return cast("Queue", ask_gate(settings.data_dir, "queue"))
