"""One gate per data directory."""

from pathlib import Path

import pytest

from addon.settings import SettingsError
from addon.store.alone import alone


def test_a_second_gate_on_the_same_directory_is_refused_while_the_first_runs(tmp_path: Path) -> None:
    with alone(tmp_path), pytest.raises(SettingsError, match="another Sluice"), alone(tmp_path):
        pass


def test_the_directory_is_free_again_when_the_first_has_ended(tmp_path: Path) -> None:
    with alone(tmp_path):
        pass
    with alone(tmp_path):
        assert (tmp_path / "gate.lock").stat().st_mode & 0o777 == 0o600
