"""`sluice ip import`."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from admin_app.cli import cli
from tests.admin_app.cli.running import CommandLine

_LIST = "# the house\n10.0.0.0/24 office\n\n192.0.2.7 build server  # in the cellar\n2001:db8::/32\n"
_RULES = [("10.0.0.0/24", "office"), ("192.0.2.7/32", "build server"), ("2001:db8::/32", "")]


def _rules(sluice: CommandLine) -> list[tuple[str, str]]:
    return [(rule["cidr"], rule["name"]) for rule in sluice.document("ip", "list")]


def test_every_line_of_a_file_becomes_a_rule(sluice: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_text(_LIST)
    assert sluice.words("ip", "import", str(file)) == (
        "3 rules are made:\n1: 10.0.0.0/24 office\n2: 192.0.2.7/32 build server\n3: 2001:db8::/32\n"
    )
    assert _rules(sluice) == _RULES


def test_standard_input_is_read_as_well(sluice: CommandLine) -> None:
    line = ("ip", "import", "-", "--json", "--data", str(sluice.data_dir))
    result = CliRunner().invoke(cli, line, input=_LIST, prog_name="sluice")
    assert result.exit_code == 0
    assert _rules(sluice) == _RULES


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"10.0.0.0/24\n10.0.0.1/24\n", "Line 2: '10.0.0.1/24' is not an address or CIDR network: "),
        (b"10.0.0.0/24\nhouse\n", "Line 2: 'house' is not an address or CIDR network: "),
        (b"10.0.0.7\n# ...\n10.0.0.7/32\n", "Line 3: 10.0.0.7/32 stands on line 1 already."),
        (b"10.0.0.0/24\n\n192.0.2.1\n", "Line 3: 192.0.2.1/32 is on the allow-list already."),
        (b"10.0.0.0/24\n0.0.0.0/0\n", "Line 2: 0.0.0.0/0 would let everybody in."),
        (b"10.0.0.0/24 <b>\n", "Line 1: '<b>' cannot be a name."),
        (b"10.0.0.0/24\n10.0.1.0/24 caf\xe9\n", "Line 2: it is not text in UTF-8."),
    ],
)
def test_one_line_that_cannot_be_used_is_named_and_nothing_is_imported(
    sluice: CommandLine, tmp_path: Path, content: bytes, complaint: str
) -> None:
    sluice.words("ip", "add", "192.0.2.1")
    (tmp_path / "list.txt").write_bytes(content)
    said = sluice.refusal("ip", "import", str(tmp_path / "list.txt"))
    assert said.startswith(complaint)
    assert said.endswith(" Nothing was imported.")
    assert _rules(sluice) == [("192.0.2.1/32", "")]


@pytest.mark.parametrize("content", ["", "\n \n", "# nobody\n"])
def test_a_list_of_nothing_is_refused(sluice: CommandLine, tmp_path: Path, content: str) -> None:
    (tmp_path / "list.txt").write_text(content)
    assert sluice.refusal("ip", "import", str(tmp_path / "list.txt")).startswith("The list names no address.")


def test_a_mark_at_the_start_of_the_file_is_no_part_of_the_first_line(sluice: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_bytes(b"\xef\xbb\xbf10.0.0.0/24 office\r\n")
    assert sluice.words("ip", "import", str(tmp_path / "list.txt")) == "1 rule is made:\n1: 10.0.0.0/24 office\n"


def test_a_file_that_is_not_there_is_named(sluice: CommandLine) -> None:
    assert "'nowhere.txt': No such file" in sluice.refusal("ip", "import", "nowhere.txt", exit_code=2)
