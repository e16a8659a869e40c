"""`sluice queue`: who runs and who waits, once or continuously."""

import time

import click

from addon.settings import Settings
from admin_app.cli.given import read_settings
from admin_app.cli.leaf import Answer, leaf
from admin_app.cli.queue_view import render
from admin_app.cli.queue_watch import ask_for_queue, watch_queue


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
    found = ask_for_queue(settings.data_dir)
    return Answer(found, render(found, time.time(), with_why=with_why))


def _watch(settings: Settings, *, with_why: bool) -> None:
    """Until Ctrl-C, which is the way to end and no failure."""
    try:
        watch_queue(settings.data_dir, with_why=with_why)
    except KeyboardInterrupt:
        click.get_current_context().exit(0)
