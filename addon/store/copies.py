"""The copies that Sluice makes by itself, in the folder `backups` of the data directory.

Promise: a file with a copy's name is a whole copy (it gets the name when it is complete), readable by its owner
alone. There is one a day, the latest few are kept, and one from before each change of the schema. Nothing else in
the folder is touched.
"""

import os
import time
from collections.abc import Sequence
from pathlib import Path

from addon.store.backup import back_up
from addon.store.errors import StoreError

DAY_S = 86_400.0
_BEFORE_KEPT = 3
"""Older schemas are of use to whoever goes back one version, hardly two."""
_DAILY, _BEFORE = "sluice", "before"


class Copies:
    """The copies of one database."""

    def __init__(self, database_url: str, data_dir: Path) -> None:
        self._url = database_url
        self._folder = data_dir / "backups"

    def daily(self, kept: int, now: float) -> Path | None:
        """Make today's copy, unless one is younger than a day, and keep the latest `kept`; 0 makes none.

        `now` is in unix seconds. Raises StoreError when the copy cannot be made; the older ones stay then.
        """
        latest = self.latest_at()
        # A clock that was set back must not keep copies from being made for as long.
        if kept == 0 or (latest is not None and 0 <= now - latest < DAY_S):
            return None
        return self._copy(f"{_DAILY}-{_stamp(now)}", self._found(_DAILY), kept, now)

    def before(self, what: str, now: float) -> Path:
        """Make a copy that `what` is about to change. Raises StoreError; nothing should be changed then."""
        return self._copy(f"{_BEFORE}-{what}-{_stamp(now)}", self._found(_BEFORE), _BEFORE_KEPT, now)

    def latest_at(self) -> float | None:
        """When the youngest daily copy was made, in unix seconds."""
        return max((copy.stat().st_mtime for copy in self._found(_DAILY)), default=None)

    def _found(self, kind: str) -> Sequence[Path]:
        return sorted(self._folder.glob(f"{kind}-*.db"), key=lambda copy: copy.stat().st_mtime)

    def _copy(self, name: str, older: Sequence[Path], kept: int, now: float) -> Path:
        growing, target = self._folder / f"{name}.part", self._folder / f"{name}.db"
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            for broken_off in self._folder.glob("*.part"):
                broken_off.unlink()
            back_up(self._url, growing)
            os.utime(growing, (now, now))
            growing.replace(target)
            for copy in older[: max(0, len(older) + 1 - kept)]:
                copy.unlink()
        except OSError as error:
            reason = error.strerror or error
            raise StoreError(f"{self._folder}: no copy of the database could be kept there ({reason}).") from error
        return target


def _stamp(now: float) -> str:
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
