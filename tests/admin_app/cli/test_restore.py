"""`sluice restore`."""

from pathlib import Path

from addon.store.alone import alone
from tests.admin_app.cli.running import CommandLine


def _names(sluice: CommandLine) -> list[str]:
    return [key["name"] for key in sluice.document("key", "list")]


def test_a_restored_backup_is_the_database_and_what_was_there_is_kept(sluice: CommandLine, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    sluice.words("key", "add", "app1")
    sluice.words("backup", str(copy))
    sluice.words("key", "add", "app2")
    told = sluice.document("restore", str(copy))
    assert told["file"] == str(copy)
    assert _names(sluice) == ["app1"]
    assert sluice.words("restore", told["kept"]).startswith(f"{told['kept']} is the database now. What was there")
    assert sorted(_names(sluice)) == ["app1", "app2"]


def test_nothing_is_restored_while_sluice_runs(sluice: CommandLine, tmp_path: Path) -> None:
    sluice.words("backup", str(tmp_path / "copy.db"))
    with alone(sluice.data_dir):
        assert "another Sluice runs on this data directory" in sluice.refusal(
            "restore", str(tmp_path / "copy.db"), exit_code=2
        )
