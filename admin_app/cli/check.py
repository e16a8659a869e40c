"""`sluice check`: is everything in order for `sluice up`? One line a problem or warning; it changes nothing.

Exit code 2 for problems, which keep Sluice from starting. Warnings alone are exit code 0.
"""

import click

from addon.proxy.exposure import exposures
from addon.settings import Settings
from admin_app.cli.given import read_settings
from admin_app.cli.leaf import Answer, leaf
from admin_app.cli.surroundings import problems


@click.command("check")
@leaf(read_settings)
def check(settings: Settings) -> Answer:
    """Check configuration and surroundings before a start."""
    found = [" ".join(problem.split()) for problem in problems(settings)]
    warned = [" ".join(warning.split()) for warning in exposures(settings)]
    lines = [*found, *(f"Warning: {warning}" for warning in warned)]
    if not found:
        lines.append(f"Everything {'else ' if warned else ''}is in order. Start with: sluice up")
    return Answer({"problems": found, "warnings": warned}, "\n".join(lines), exit_code=2 if found else 0)
