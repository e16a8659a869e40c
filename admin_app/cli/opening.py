"""From the command line's options to an open house: settings, data directory, database.

Promise: everything that this process writes from here on can be read by its owner alone, and whatever is wrong
is said in one sentence before anything is served.
"""

import getpass
import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from addon.settings import Settings
from addon.store.data_dir import make_data_dir
from addon.store.engine import Actor, Engine, Session, changing_rules, make_engine
from addon.store.schema import ensure_schema
from admin_app.cli.given import read_settings


@dataclass(frozen=True, slots=True)
class House:
    """Checked settings, and the engine of a database that has the present schema."""

    settings: Settings
    engine: Engine

    @contextmanager
    def changing(self, now: float) -> Generator[Session]:
        """A change of the rules, in the name of whoever sits at the terminal."""
        with changing_rules(self.engine, at_terminal(), now) as session:
            yield session


def open_house(config: Path | None, data: Path | None, listen: str | None = None) -> House:
    """Load the settings, make the data directory, create or migrate the database.

    Sets the process's umask to 077. Raises SettingsError (also for a data directory that cannot be used) and
    SchemaError; both messages are one line.
    """
    settings = read_settings(config, data, listen)
    os.umask(0o077)
    make_data_dir(settings.data_dir)
    engine = make_engine(settings.database.url)
    ensure_schema(engine, settings.data_dir)
    return House(settings, engine)


def at_terminal() -> Actor:
    """The person who runs this command."""
    try:
        return Actor("terminal", getpass.getuser())
    except OSError:  # an account without a name, as containers have
        return Actor("terminal", f"uid {os.getuid()}")
