"""From options to an open house."""

from pathlib import Path

import pytest

from addon.store.engine import reading
from addon.store.errors import SchemaError
from addon.store.policy_loader import load_revision
from admin_app.cli.opening import open_house


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


def test_a_database_that_is_none_is_refused(data_dir: Path) -> None:
    (data_dir / "sluice.db").write_bytes(b"not a database, but long enough to be taken for one" * 100)
    with pytest.raises(SchemaError, match="cannot be opened"):
        open_house(None, data_dir)
