"""The command line in this process, on a data directory of the test's own."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from addon.store.engine import Engine, make_engine
from admin_app.cli.opening import House, open_house
from tests.admin_app.cli.running import CommandLine
from tests.admin_app.fake_gate import FakeGate


@pytest.fixture(autouse=True)
def _own_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No settings from the developer's environment, and no umask left behind by the commands."""
    for name in [name for name in os.environ if name.startswith("SLUICE_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with an empty database; copying it is much faster than migrating."""
    before = os.umask(0o077)
    try:
        return open_house(None, tmp_path_factory.mktemp("migrated") / "data").settings.data_dir
    finally:
        os.umask(before)


@pytest.fixture
def data_dir(migrated: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(migrated, tmp_path / "data"))


@pytest.fixture
def engine(data_dir: Path) -> Engine:
    return make_engine(f"sqlite:///{data_dir}/sluice.db")


@pytest.fixture
def house(data_dir: Path) -> House:
    return open_house(None, data_dir)


@pytest.fixture
def sluice(data_dir: Path) -> CommandLine:
    return CommandLine(data_dir)


@pytest.fixture
def gate(data_dir: Path) -> Iterator[FakeGate]:
    with FakeGate(data_dir / "control.sock") as gate:
        yield gate
