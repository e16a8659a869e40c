"""One gate per data directory: two would each hand out all slots of the same Ollama."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from addon.settings import SettingsError


@contextmanager
def alone(data_dir: Path) -> Generator[None]:
    """Hold the directory's lock; it falls with the process. Raises SettingsError when another gate holds it."""
    descriptor = os.open(data_dir / "gate.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            problem = "another Sluice runs on this data directory. Stop it first."
            raise SettingsError(str(data_dir), problem) from error
        yield
    finally:
        os.close(descriptor)
