"""DECISIONS.md is complete: every dependency justified, every decision whole."""

import re
import tomllib

from tests.docs.documents import ROOT, read, rows, section

DECISIONS = read("DECISIONS.md")
TITLES = re.findall(r"^## (\d+)\. (.+)$", DECISIONS, re.MULTILINE)


def test_every_runtime_dependency_is_justified_and_no_other() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {re.split(r"[\[<>=]", requirement)[0] for requirement in project["dependencies"]}
    justified = {row[0].strip("`"): row[1] for row in rows(section(DECISIONS, "13. Runtime dependencies"))[1:]}
    assert set(justified) == needed
    assert all(justified.values())


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [int(number) for number, _ in TITLES] == list(range(1, len(TITLES) + 1))


def test_a_decision_has_context_consequences_and_alternatives() -> None:
    lists = {"Runtime dependencies", "Choices made while building", "Additions to the contract"}
    for number, title in TITLES:
        text = section(DECISIONS, f"{number}. {title}")
        parts = re.findall(r"^\*\*(\w+)\.\*\*", text, re.MULTILINE)
        assert title in lists or parts == ["Context", "Decision", "Consequences", "Alternatives"], title


def test_a_decision_fits_on_a_screen() -> None:
    for number, title in TITLES:
        assert len(section(DECISIONS, f"{number}. {title}").splitlines()) <= 45, title
