"""`sluice pause`, `resume`, `drain`, `slots`, `cancel` and `bump`: an administrator's hand on the running gate."""

from typing import cast

import click

from addon.settings import Settings
from admin_app.cli.choices import PRIORITY
from admin_app.cli.given import read_settings
from admin_app.cli.leaf import Answer, leaf
from admin_app.control import ask_gate
from admin_app.queue_form import Queue


@click.command("pause")
@leaf(read_settings)
def pause(settings: Settings) -> Answer:
    """Admit nobody until resumed; requests still come in and wait."""
    found = ask_gate(settings.data_dir, "pause")
    return Answer(found, "Paused. Requests come in and wait; running ones go on. Go on with: sluice resume")


@click.command("resume")
@leaf(read_settings)
def resume(settings: Settings) -> Answer:
    """Admit requests again."""
    return Answer(ask_gate(settings.data_dir, "resume"), "Resumed. Requests are admitted in their order.")


@click.command("drain")
@leaf(read_settings)
def drain(settings: Settings) -> Answer:
    """Finish what runs, turn the rest away."""
    found = ask_gate(settings.data_dir, "drain")
    return Answer(
        found, "Draining. New and waiting requests get 503; the running ones finish. Undo with: sluice resume"
    )


@click.command("cancel")
@click.argument("ticket")
@leaf(read_settings)
def cancel(settings: Settings, ticket: str) -> Answer:
    """End one waiting or running request."""
    return Answer(ask_gate(settings.data_dir, "cancel", ticket=ticket), f"Ticket {ticket} is cancelled.")


@click.command("bump")
@click.argument("ticket")
@click.option("--priority", type=PRIORITY, help="Another base priority, 0 to 9 [default: to the very front].")
@leaf(read_settings)
def bump(settings: Settings, ticket: str, priority: int | None) -> Answer:
    """Put one waiting request in front of all others."""
    found = ask_gate(settings.data_dir, "bump", ticket=ticket, priority=priority)
    where = "is at the front" if priority is None else f"has base priority {priority}"
    return Answer(found, f"Ticket {ticket} {where}.")


@click.command("slots")
@click.argument("count", type=int, required=False)
@click.option("--configured", is_flag=True, help="Go back to what the settings say.")
@click.option("--upstream", help="The server's name, where there are several.")
@leaf(read_settings)
def slots(settings: Settings, count: int | None, upstream: str | None, *, configured: bool) -> Answer:
    """Set how many requests run at once; kept over restarts."""
    if (count is None) is not configured:
        raise click.UsageError("Name a number of slots, or --configured.")
    wish = "configured" if configured else count
    found = cast("Queue", ask_gate(settings.data_dir, "slots", slots=wish, upstream=upstream))
    total = found["slots"]["total"]
    return Answer(found, f"{total} at a time. Fewer than before take effect as running requests end.")
