"""Text that has to fit a terminal's window: how wide it is, cut and broken into lines. No width means no end."""

import textwrap
from collections.abc import Sequence
from unicodedata import east_asian_width


def width(text: str) -> int:
    """In cells of the terminal: letters of East Asia take two."""
    return len(text) + sum(east_asian_width(letter) in "WF" for letter in text)


def fits(lines: Sequence[str], columns: int) -> bool:
    """Whether none of them is wider."""
    return all(width(line) <= columns for line in lines)


def clipped(text: str, columns: int | None) -> str:
    """The text, cut where it would be wider."""
    if columns is None or width(text) <= columns:
        return text
    kept = text
    while kept and width(kept) > columns - 1:
        kept = kept[:-1]
    return f"{kept}\N{HORIZONTAL ELLIPSIS}"


def wrapped(text: str, columns: int | None) -> Sequence[str]:
    """The text in as many lines as it takes."""
    if columns is None:
        return [text]
    return [clipped(line, columns) for line in textwrap.wrap(text, max(columns, 1))]
