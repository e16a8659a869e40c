"""ARCHITECTURE.md shows the code as it is."""

import re

import pytest

from addon.core.refusal import Reason
from tests.docs import made
from tests.docs.documents import ROOT, read, rows, section

ARCHITECTURE = read("ARCHITECTURE.md")


@pytest.mark.parametrize("name", made.BLOCKS)
def test_a_made_part_is_what_the_code_says(name: str) -> None:
    assert made.written(ARCHITECTURE, name) == made.BLOCKS[name](), "run: python -m tests.docs.made"


def test_the_map_names_every_module_and_no_other() -> None:
    mapped: set[str] = set()
    folder = ""
    for line in section(ARCHITECTURE, "Where to find what").splitlines():
        if found := re.match(r"### `(.+)`", line):
            folder = found[1]
        elif found := re.match(r"\| `(.+?)` \|", line):
            mapped.add(folder + found[1])
    written = {
        path.relative_to(ROOT).as_posix()
        for pattern in ("addon/**/*.py", "admin_app/**/*.py", "admin_app/static/js/*.js", "chat_static/js/*.js")
        for path in ROOT.glob(pattern)
        if path.name != "__init__.py" and path.parent.name != "versions"
    }
    assert mapped == written


def test_every_module_says_what_it_is() -> None:
    assert all(len(row) == 2 and row[1] for row in rows(section(ARCHITECTURE, "Where to find what")))


def test_every_refusal_is_listed_with_its_status() -> None:
    listed = {row[0].strip("`"): row[1] for row in rows(section(ARCHITECTURE, "Every refusal"))[1:]}
    assert listed == {reason.code: str(reason.status) for reason in Reason}


def test_the_drawing_of_states_is_the_docstrings() -> None:
    drawn = section(ARCHITECTURE, "A ticket's states")
    assert "waiting ─► admitted ─► streaming ─► done" in drawn
    assert made.ticket_states() in drawn


def test_a_part_that_is_missing_is_told() -> None:
    with pytest.raises(ValueError, match="no part made for 'modules'"):
        made.written("", "modules")


def test_every_table_has_one_writer() -> None:
    writers = {row[2] for row in rows(section(ARCHITECTURE, "Who writes which table"))[1:]}
    assert writers == {"gate", "web app"}
