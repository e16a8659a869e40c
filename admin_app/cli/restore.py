"""`sluice restore`: a copy in the place of the database, while Sluice does not run."""

import time
from pathlib import Path

import click

from addon.settings import Settings
from addon.store.alone import alone
from addon.store.data_dir import make_data_dir
from addon.store.restore import restore as put_back
from admin_app.cli.given import read_settings
from admin_app.cli.leaf import Answer, leaf


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@leaf(read_settings)
def restore(settings: Settings, file: Path) -> Answer:
    """Put the copy FILE in the database's place; what was there is kept. Sluice must not run meanwhile."""
    make_data_dir(settings.data_dir)
    with alone(settings.data_dir):
        kept = put_back(settings.database.url, settings.data_dir, file, time.time())
    was_there = f" What was there is kept as {kept}." if kept else ""
    return Answer(
        {"file": str(file), "kept": None if kept is None else str(kept)}, f"{file} is the database now.{was_there}"
    )
