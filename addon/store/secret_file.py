"""The secret that signs sessions: made at first start, readable by its owner alone."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from addon.core.session import MIN_SECRET_BYTES
from addon.store.errors import SchemaError

NAME = "session.secret"


def load_secret(data_dir: Path) -> bytes:
    """Read the secret, or make it. Raises SchemaError when others can read it or it is too short."""
    path = data_dir / NAME
    if not path.exists():
        _make(path)
    return _read(path)


def _make(path: Path) -> None:
    # Linked when complete: another process that starts now sees the whole secret or none, and the first one wins.
    with NamedTemporaryFile(dir=path.parent) as file:
        file.write(secrets.token_bytes(MIN_SECRET_BYTES))
        file.flush()
        os.fsync(file.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(file.name)


def _read(path: Path) -> bytes:
    if path.stat().st_mode & 0o077:
        raise SchemaError(f"{path}: others can read the session secret. Run: chmod 600 {path}")
    secret = path.read_bytes()
    if len(secret) < MIN_SECRET_BYTES:
        raise SchemaError(f"{path}: the session secret is too short. Delete the file to have a new one made.")
    return secret
