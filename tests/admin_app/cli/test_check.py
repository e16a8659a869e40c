"""`sluice check`: what it prints and how it ends."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from addon.settings import Settings
from tests.admin_app.cli.running import CommandLine, refusal

type Finding = Callable[..., None]


@pytest.fixture
def finding(monkeypatch: pytest.MonkeyPatch) -> Finding:
    """What the check finds from now on."""

    def finds(problems: Sequence[str] = (), exposures: Sequence[str] = ()) -> None:
        for name, lines in (("problems", problems), ("exposures", exposures)):
            monkeypatch.setattr(f"admin_app.cli.check.{name}", _yielding(lines))

    return finds


def _yielding(lines: Sequence[str]) -> object:
    def find(_settings: Settings) -> Iterator[str]:
        yield from lines

    return find


def test_no_problem_is_said_so(sluice: CommandLine, finding: Finding) -> None:
    finding()
    assert sluice.words("check") == "Everything is in order. Start with: sluice up\n"
    assert sluice.document("check") == {"problems": [], "warnings": []}


def test_each_problem_is_one_line_and_the_exit_code_2(sluice: CommandLine, finding: Finding) -> None:
    finding(problems=("One\nthing.", "Another."), exposures=("A\nrisk.",))
    result = sluice("check")
    assert (result.exit_code, result.stderr) == (2, "")
    assert result.stdout == "One thing.\nAnother.\nWarning: A risk.\n"
    as_json = sluice("check", "--json")
    expected = {"problems": ["One thing.", "Another."], "warnings": ["A risk."]}
    assert (as_json.exit_code, json.loads(as_json.stdout)) == (2, expected)


def test_warnings_alone_keep_nothing_from_starting(sluice: CommandLine, finding: Finding) -> None:
    finding(exposures=("A risk.", "Another."))
    words = "Warning: A risk.\nWarning: Another.\nEverything else is in order. Start with: sluice up\n"
    assert sluice.words("check") == words
    assert sluice.document("check") == {"problems": [], "warnings": ["A risk.", "Another."]}


def test_a_wrong_setting_ends_the_check(sluice: CommandLine, tmp_path: Path) -> None:
    config = tmp_path / "sluice.toml"
    config.write_text("[queue]\nmax_waitng = 5\n")
    line = refusal(sluice("check", "--config", str(config)), 2)
    assert line.startswith(f"{config}: queue.max_waitng is not a setting.")
