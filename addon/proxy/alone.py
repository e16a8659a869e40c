"""One gate per data directory: two would each hand out all slots of the same Ollama."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from addon.proxy.run import StartError


@contextmanager
def alone(data_dir: Path) -> Generator[None]:
    """Hold the directory's lock; it falls with the process. Raises StartError when another gate holds it."""
    descriptor = os.open(data_dir / "gate.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StartError(f"{data_dir}: another Sluice runs on this data directory. Stop it first.") from error
        yield
    finally:
        os.close(descriptor)
