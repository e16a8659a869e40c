"""`sluice backup`."""

from pathlib import Path

from tests.admin_app.cli.running import CommandLine


def test_a_backup_can_be_used_as_a_data_directory(sluice: CommandLine, tmp_path: Path) -> None:
    sluice.words("key", "add", "app1")
    (tmp_path / "other").mkdir()
    copy = tmp_path / "other" / "sluice.db"
    assert sluice.words("backup", str(copy)).startswith(f"{copy} holds the whole database (")
    assert CommandLine(tmp_path / "other").document("key", "list")[0]["name"] == "app1"


def test_a_backup_as_json_tells_file_and_size(sluice: CommandLine, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    told = sluice.document("backup", str(copy))
    assert told == {"file": str(copy), "size_bytes": copy.stat().st_size}


def test_a_file_that_exists_is_not_replaced(sluice: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("precious")
    assert "exists already" in sluice.refusal("backup", str(tmp_path / "copy.db"))
    assert (tmp_path / "copy.db").read_text() == "precious"


def test_a_wrong_data_directory_is_not_filled_to_be_backed_up(tmp_path: Path) -> None:
    line = CommandLine(tmp_path / "nowhere").refusal("backup", str(tmp_path / "copy.db"))
    assert line.startswith(f"There is no database at {tmp_path}/nowhere/sluice.db.")
    assert list(tmp_path.iterdir()) == []
