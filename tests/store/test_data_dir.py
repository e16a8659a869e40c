"""The data directory is made private, or refused with a sentence."""

import os
from pathlib import Path

import pytest

from addon.settings import SettingsError
from addon.store.data_dir import make_data_dir


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


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
