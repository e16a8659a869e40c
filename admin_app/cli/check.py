"""`sluice check`: is everything in order for `sluice up`? One line a problem; exit 0 or 2. It changes nothing."""

import click

from addon.settings import Settings
from admin_app.cli.given import read_settings
from admin_app.cli.leaf import Answer, leaf
from admin_app.cli.surroundings import problems


@click.command("check")
@leaf(read_settings)
def check(settings: Settings) -> Answer:
    """Check configuration and surroundings before a start."""
    found = [" ".join(problem.split()) for problem in problems(settings)]
    words = "\n".join(found) or "Everything is in order. Start with: sluice up"
    return Answer({"problems": found}, words, exit_code=2 if found else 0)
