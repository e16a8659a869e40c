"""Running one command in this process, and reading what it printed."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from admin_app.cli import cli


@dataclass(frozen=True)
class CommandLine:
    """Runs `sluice ARGS --data DIR`."""

    data_dir: Path

    def __call__(self, *args: str) -> Result:
        return run(*args, "--data", str(self.data_dir))

    def words(self, *args: str) -> str:
        """What a command that works prints."""
        result = self(*args)
        assert (result.exit_code, result.stderr) == (0, "")
        return result.stdout

    def document(self, *args: str) -> Any:
        """The JSON document that a command that works prints."""
        return json.loads(self.words(*args, "--json"))

    def refusal(self, *args: str, exit_code: int = 1) -> str:
        """The one line that a command that fails says, without the word "Error"."""
        return refusal(self(*args), exit_code)


def run(*args: str) -> Result:
    """Run `sluice ARGS` as given."""
    return CliRunner().invoke(cli, args, prog_name="sluice")


def refusal(result: Result, exit_code: int) -> str:
    """Check that the outcome is one line on stderr and this code; return the line without "Error: "."""
    assert (result.exit_code, result.stdout) == (exit_code, "")
    start, _, sentence = result.stderr.partition("Error: ")
    assert start == ""
    assert sentence.endswith("\n")
    assert sentence.count("\n") == 1
    return sentence.rstrip("\n")
