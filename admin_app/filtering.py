"""The rows of a list that fit what somebody looks for; the words stand in the address (`?q=`), to be kept."""

from collections.abc import Callable, Iterable, Mapping
from urllib.parse import urlencode

from admin_app.shapes import Shape

_MOST_LETTERS = 200


def looked_for(asked: Mapping[str, str]) -> str:
    """The words, as they are shown in the field. Whatever else stands in the address counts for nothing."""
    return asked.get("q", "").strip()[:_MOST_LETTERS]


def matching(rows: Iterable[Shape], words: str, shown: Callable[[Shape], str]) -> list[Shape]:
    """The rows that show every word, whatever its case; all of them for no words."""
    wanted = words.casefold().split()
    return [row for row in rows if all(word in text for text in [shown(row).casefold()] for word in wanted)]


def with_filter(path: str, words: str) -> str:
    """The path, with what is looked for, so that a deed leads back to the same rows."""
    return f"{path}?{urlencode({'q': words})}" if words else path
