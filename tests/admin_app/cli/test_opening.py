"""From options to an open house."""

import os
from pathlib import Path

import pytest

from addon.settings import SettingsError
from addon.store.engine import reading
from addon.store.errors import SchemaError
from addon.store.policy_loader import load_revision
from admin_app.cli.opening import make_data_dir, open_house


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_new_house_is_private_and_has_tables(tmp_path: Path) -> None:
    house = open_house(None, tmp_path / "a" / "data", "127.0.0.1:0")
    assert (house.settings.data_dir, house.settings.gate.listen.port) == (tmp_path / "a" / "data", 0)
    with reading(house.engine) as session:
        assert load_revision(session) >= 0
    assert _mode(house.settings.data_dir) == 0o700
    assert {_mode(path) for path in house.settings.data_dir.iterdir()} == {0o600}


def test_files_made_afterwards_are_private_too(tmp_path: Path) -> None:
    open_house(None, tmp_path / "data")
    (tmp_path / "later").touch()
    assert _mode(tmp_path / "later") == 0o600


def test_opening_again_changes_nothing(data_dir: Path) -> None:
    before = (data_dir / "sluice.db").read_bytes()
    open_house(None, data_dir)
    assert (data_dir / "sluice.db").read_bytes() == before


def test_the_data_directory_may_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLUICE_DATA_DIR", str(tmp_path / "elsewhere"))
    assert open_house(None, None).settings.data_dir == tmp_path / "elsewhere"


def test_an_empty_directory_becomes_private(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o755)
    make_data_dir(tmp_path / "data")
    assert _mode(tmp_path / "data") == 0o700


def test_a_directory_with_files_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data").chmod(0o755)
    (tmp_path / "data" / "file").touch()
    make_data_dir(tmp_path / "data")
    assert _mode(tmp_path / "data") == 0o755


def test_a_file_in_the_directorys_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    with pytest.raises(SettingsError, match="the data directory cannot be used") as refused:
        make_data_dir(tmp_path / "data")
    assert str(refused.value).startswith(f"{tmp_path / 'data'}: ")


def test_a_directory_nobody_may_write_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The administrator of a machine may write everywhere, so the system's answer is given here.
    def access(path: Path, _mode: int) -> bool:
        return path != tmp_path

    monkeypatch.setattr(os, "access", access)
    with pytest.raises(SettingsError, match="nothing may be written there"):
        make_data_dir(tmp_path)


def test_a_database_that_is_none_is_refused(data_dir: Path) -> None:
    (data_dir / "sluice.db").write_bytes(b"not a database, but long enough to be taken for one" * 100)
    with pytest.raises(SchemaError, match="cannot be opened"):
        open_house(None, data_dir)
