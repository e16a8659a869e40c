"""`sluice check`: what it prints and how it ends."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from addon.settings import Settings
from tests.admin_app.cli.running import CommandLine, refusal


def _found(*problems: str) -> object:
    def find(_settings: Settings) -> Iterator[str]:
        yield from problems

    return find


def test_no_problem_is_said_so(sluice: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("admin_app.cli.check.problems", _found())
    assert sluice.words("check") == "Everything is in order. Start with: sluice up\n"
    assert sluice.document("check") == {"problems": []}


def test_each_problem_is_one_line_and_the_exit_code_2(
    sluice: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("admin_app.cli.check.problems", _found("One\nthing.", "Another."))
    result = sluice("check")
    assert (result.exit_code, result.stdout, result.stderr) == (2, "One thing.\nAnother.\n", "")
    as_json = sluice("check", "--json")
    assert (as_json.exit_code, json.loads(as_json.stdout)) == (2, {"problems": ["One thing.", "Another."]})


def test_a_wrong_setting_ends_the_check(sluice: CommandLine, tmp_path: Path) -> None:
    config = tmp_path / "sluice.toml"
    config.write_text("[queue]\nmax_waitng = 5\n")
    line = refusal(sluice("check", "--config", str(config)), 2)
    assert line.startswith(f"{config}: queue.max_waitng is not a setting.")
