"""The access log: one line of JSON for each request, into a bounded file or to standard output.

Promise: adding a line never waits and never fails; lines are written once a second, off the event loop. When more
come than can be kept until then, or the disk fails, lines are lost and the ordinary log says how many.
"""

import asyncio
import json
import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import override

from addon.proxy.access_line import AccessLine

FILE_NAME = "access.log"
FILE_BYTES = 10 * 2**20
OLD_FILES = 5
_MOST_KEPT = 20_000
_log = logging.getLogger(__name__)


class _PrivateFile(RotatingFileHandler):
    @override
    def _open(self) -> TextIOWrapper:
        return open(self.baseFilename, "a", encoding="utf-8", opener=_open_private)

    @override
    def handleError(self, record: logging.LogRecord) -> None:
        raise  # noqa: PLE0704 - logging calls this while it handles the exception


class AccessLog:
    """Gathers lines until `flush`, which somebody calls about once a second and at the end."""

    def __init__(self, place: str, data_dir: Path) -> None:
        self._lines: list[AccessLine] = []
        self._lost = 0
        self._is_on = place != "off"
        self._file: _PrivateFile | None = None
        self._path = data_dir / FILE_NAME if place == "file" else None
        self._flushing = asyncio.Lock()

    def add(self, line: AccessLine) -> None:
        """Note a request that is over."""
        if not self._is_on:
            return
        if len(self._lines) < _MOST_KEPT:
            self._lines.append(line)
        else:
            self._lost += 1

    async def flush(self) -> None:
        """Write what has gathered. A cancelled call does not cut the writing short; the next waits for its end."""
        await asyncio.shield(self._flush())

    async def _flush(self) -> None:
        async with self._flushing:
            lines, self._lines = self._lines, []
            if not lines:
                return
            try:
                await asyncio.to_thread(self._write, lines)
            except OSError as error:
                self._lost += len(lines)
                _log.warning("the access log cannot be written: %s", error)
            if self._lost:
                _log.error("%d lines of the access log are lost", self._lost)
                self._lost = 0

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _write(self, lines: Sequence[AccessLine]) -> None:
        if self._path is None:
            sys.stdout.writelines(f"{_as_json(line)}\n" for line in lines)
            sys.stdout.flush()
            return
        if self._file is None:
            self._file = _PrivateFile(self._path, maxBytes=FILE_BYTES, backupCount=OLD_FILES)
        for line in lines:
            self._file.emit(logging.makeLogRecord({"msg": _as_json(line)}))


def _as_json(line: AccessLine) -> str:
    return json.dumps({name: value for name, value in asdict(line).items() if value is not None})


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
