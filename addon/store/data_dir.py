"""The data directory: made, or found fit, before anything is written there."""

import os
from pathlib import Path

from addon.settings import SettingsError


def make_data_dir(directory: Path) -> None:
    """Make the directory with mode 0700; an empty one that was there gets that mode too.

    One that holds files keeps its mode: it may serve others as well. Raises SettingsError when nothing can be
    written there.
    """
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not any(directory.iterdir()):
            directory.chmod(0o700)
    except OSError as error:
        raise unusable(directory, error.strerror or str(error)) from error
    if not os.access(directory, os.W_OK | os.X_OK):
        raise unusable(directory, "nothing may be written there")


def unusable(directory: Path, reason: str) -> SettingsError:
    """What to say of a data directory that cannot serve, for this reason."""
    mend = "Name another one with --data or SLUICE_DATA_DIR, or mend its permissions."
    return SettingsError(str(directory), f"the data directory cannot be used ({reason}). {mend}")
