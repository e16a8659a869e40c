"""The documents as text: their tables, code blocks, headings and links."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAMES = ("README.md", "ARCHITECTURE.md", "DECISIONS.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")

_HEADING = re.compile(r"^(#{1,6}) +(.+?)\s*$", re.MULTILINE)
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def read(name: str) -> str:
    """Return one document, named from the root of the repository."""
    return (ROOT / name).read_text(encoding="utf-8")


def section(text: str, title: str) -> str:
    """Return what stands under a heading, up to the next one of its level or above."""
    headings = [(found.start(), len(found[1]), found[2]) for found in _HEADING.finditer(text)]
    start, level = next((start, level) for start, level, name in headings if name == title)
    ends = (at for at, other, _ in headings if at > start and other <= level)
    return text[start : next(ends, len(text))]


def code_blocks(text: str, language: str) -> list[str]:
    """Return the fenced blocks of a language."""
    return [found[2] for found in _BLOCK.finditer(text) if found[1] == language]


def without_code(text: str) -> str:
    """Return the text without fenced blocks."""
    return _BLOCK.sub("", text)


def spans(text: str) -> list[str]:
    """Return what stands in backticks, fenced blocks left out."""
    return re.findall(r"`([^`\n]+)`", without_code(text))


def rows(text: str) -> list[list[str]]:
    """Return the cells of every table row; the lines under the headings are left out."""
    lines = [line.strip() for line in without_code(text).splitlines() if line.lstrip().startswith("|")]
    found = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    return [cells for cells in found if not all(re.fullmatch(r":?-+:?", cell) for cell in cells)]


def anchors(text: str) -> set[str]:
    """Return the fragments by which its headings can be linked, in the form of GitHub."""
    titles = (found[2] for found in _HEADING.finditer(without_code(text)))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def links(text: str) -> list[str]:
    """Return the targets of every link."""
    return re.findall(r"\]\(([^)\s]+)\)", without_code(text))
