"""`sluice backup`: a consistent copy of the database, also while Sluice runs."""

from pathlib import Path

import click

from addon.settings import Settings
from addon.store.backup import back_up
from admin_app.cli.given import read_settings
from admin_app.cli.leaf import Answer, leaf


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
@leaf(read_settings)
def backup(settings: Settings, file: Path) -> Answer:
    """Copy the database to FILE, which must not exist yet."""
    size_bytes = back_up(settings.database.url, file)
    words = f"{file} holds the whole database ({size_bytes} bytes). `sluice restore {file}` puts it back."
    return Answer({"file": str(file), "size_bytes": size_bytes}, words)
