"""What others on this machine can read, and must not: the data directory and the database.

Asked at each start, of `sluice up` and of the plugin, and in `sluice check`.

The session secret looks after itself: `secret_file.py` never gives out one that others can read.
"""

import shlex
import stat
from collections.abc import Iterator
from pathlib import Path

from addon.settings import Settings
from addon.store.engine import make_engine

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def readable_by_others(settings: Settings) -> Iterator[str]:
    """Yield one sentence for each of them that its group or everybody may open; what is missing is private.

    An empty data directory is not meant: `sluice up` makes it private. Raises OSError for what cannot be seen.
    """
    directory = settings.data_dir
    if directory.is_dir() and _is_open(directory) and any(directory.iterdir()):
        yield f"{directory}: others can look into the data directory. Run: chmod 700 {_quoted(directory)}"
    for path in _database_files(settings):
        if path.exists() and _is_open(path):
            yield f"{path}: others can read the database. Run: chmod 600 {_quoted(path)}"


def _database_files(settings: Settings) -> tuple[Path, ...]:
    # The two beside it hold the latest pages.
    path = make_engine(settings.database.url).url.database or ""
    return Path(path), Path(f"{path}-wal"), Path(f"{path}-shm")


def _is_open(path: Path) -> bool:
    return bool(path.stat().st_mode & _OTHERS)


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))
