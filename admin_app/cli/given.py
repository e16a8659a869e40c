"""The settings as this run of the command line was given them. Imports no database, so that it stays quick."""

import os
from pathlib import Path

from addon.settings import Settings, load_settings


def read_settings(config: Path | None, data: Path | None, listen: str | None = None) -> Settings:
    """Read the settings from file, environment and these options. Raises SettingsError."""
    return load_settings(config=config, data=data, listen=listen, environ=os.environ)
