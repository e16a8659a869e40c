"""Which files others can read, on real files."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from addon.settings import Settings, load_settings
from addon.store.privacy import readable_by_others

type Reader = Callable[[], list[str]]


@pytest.fixture
def data_dir(migrated: Path, tmp_path: Path) -> Path:
    directory = tmp_path / "data"
    directory.mkdir(mode=0o700)
    shutil.copy(migrated, directory / "sluice.db")
    (directory / "sluice.db").chmod(0o600)
    return directory


@pytest.fixture
def settings(data_dir: Path) -> Settings:
    return load_settings(config=None, data=data_dir, listen="127.0.0.1:0", environ={})


@pytest.fixture
def found(settings: Settings) -> Reader:
    return lambda: list(readable_by_others(settings))


def test_a_house_as_sluice_makes_it_is_private(found: Reader) -> None:
    assert found() == []


@pytest.mark.parametrize("mode", [0o701, 0o710, 0o704, 0o750, 0o755, 0o1777])
def test_a_data_directory_others_may_enter_or_list_is_told(found: Reader, data_dir: Path, mode: int) -> None:
    data_dir.chmod(mode)
    assert found() == [f"{data_dir}: others can look into the data directory. Run: chmod 700 {data_dir}"]


def test_an_empty_directory_will_be_made_private_and_a_missing_one_too(tmp_path: Path) -> None:
    for data in (tmp_path / "empty", tmp_path / "missing"):
        if data.name == "empty":
            data.mkdir(mode=0o755)
        settings = load_settings(config=None, data=data, listen=None, environ={})
        assert list(readable_by_others(settings)) == []


@pytest.mark.parametrize("name", ["sluice.db", "sluice.db-wal", "sluice.db-shm"])
@pytest.mark.parametrize("mode", [0o640, 0o602, 0o604])
def test_each_file_of_the_database_must_be_its_owners_alone(
    found: Reader, data_dir: Path, name: str, mode: int
) -> None:
    path = data_dir / name
    path.touch()
    for other in data_dir.iterdir():
        other.chmod(0o600)
    path.chmod(mode)
    assert found() == [f"{path}: others can read the database. Run: chmod 600 {path}"]


def test_a_database_elsewhere_is_looked_at_there_and_its_name_is_quoted(tmp_path: Path, data_dir: Path) -> None:
    path = tmp_path / "else where.db"
    path.touch(mode=0o600)
    path.chmod(0o666)
    settings = load_settings(
        config=None, data=data_dir, listen=None, environ={"SLUICE_DATABASE__URL": f"sqlite:///{path}"}
    )
    assert list(readable_by_others(settings)) == [f"{path}: others can read the database. Run: chmod 600 '{path}'"]
