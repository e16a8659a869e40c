"""The weights are put together once, verified each time, and never half there."""

import hashlib
import sys
from pathlib import Path
from types import ModuleType

import pytest

from addon.demo.weights import PACKAGE, Weights

CONTENT = b"the weights"


class Package(ModuleType):
    """Stands in for the 250 MB of packages."""

    MODEL_NAME = "tiny.gguf"
    EXPECTED_SHA256 = hashlib.sha256(CONTENT).hexdigest()

    def __init__(self) -> None:
        super().__init__(PACKAGE)
        self.assembled = 0
        self.fails = False

    def assemble(self, path: Path, overwrite: bool) -> None:
        self.assembled += 1
        path.write_bytes(CONTENT)
        if self.fails:
            raise ValueError("Assembled file sha256 did not match expected value")


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch) -> Package:
    package = Package()
    monkeypatch.setitem(sys.modules, PACKAGE, package)
    return package


def test_they_are_put_together_once(package: Package, tmp_path: Path) -> None:
    weights = Weights(tmp_path / "new" / "cache")
    weights.ensure()
    weights.ensure()
    assert weights.path.read_bytes() == CONTENT
    assert package.assembled == 1


def test_a_damaged_file_is_replaced(package: Package, tmp_path: Path) -> None:
    weights = Weights(tmp_path)
    weights.path.write_bytes(b"damaged")
    weights.ensure()
    assert weights.path.read_bytes() == CONTENT


def test_a_failure_leaves_nothing_behind(package: Package, tmp_path: Path) -> None:
    package.fails = True
    with pytest.raises(ValueError, match="sha256"):
        Weights(tmp_path).ensure()
    assert list(tmp_path.iterdir()) == []


def test_missing_packages_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, PACKAGE, None)
    with pytest.raises(ModuleNotFoundError, match=PACKAGE):
        Weights(tmp_path)
