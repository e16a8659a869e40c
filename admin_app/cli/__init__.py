"""The command line, `sluice`: one small module per noun.

Exit codes: 0 done, 1 failed, 2 wrong arguments or configuration.
"""

from typing import ClassVar

import click

from admin_app.cli.lazy import LazyGroup


class _Sluice(LazyGroup):
    places: ClassVar = {
        "up": "admin_app.cli.up:up",
        "check": "admin_app.cli.check:check",
        "key": "admin_app.cli.key:key",
        "ip": "admin_app.cli.ip:ip",
        "invite": "admin_app.cli.invite:invite",
        "user": "admin_app.cli.user:user",
        "audit": "admin_app.cli.audit:audit",
        "queue": "admin_app.cli.queue:queue",
        "upstream": "admin_app.cli.upstream:upstream",
        "pause": "admin_app.cli.steering:pause",
        "resume": "admin_app.cli.steering:resume",
        "drain": "admin_app.cli.steering:drain",
        "slots": "admin_app.cli.steering:slots",
        "cancel": "admin_app.cli.steering:cancel",
        "bump": "admin_app.cli.steering:bump",
        "settings": "admin_app.cli.settings:settings",
        "backup": "admin_app.cli.backup:backup",
        "restore": "admin_app.cli.restore:restore",
    }


@click.group("sluice", cls=_Sluice)
@click.version_option(package_name="sluice", prog_name="sluice")
def cli() -> None:
    """A door and a fair queue in front of Ollama."""


def main() -> None:
    """Run the command line and exit: the entry point `sluice`."""
    cli(prog_name="sluice")
