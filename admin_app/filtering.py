"""The rows of a list that fit what somebody looks for; the words stand in the address (`?q=`), to be kept."""

from collections.abc import Mapping, Sequence

from admin_app.shapes import Shape

_MOST_LETTERS = 200


def looked_for(asked: Mapping[str, str]) -> str:
    """The words, as they are shown in the field."""
    return asked.get("q", "").strip()[:_MOST_LETTERS]


def matching(rows: Sequence[Shape], words: str) -> list[Shape]:
    """The rows in whose texts every word occurs, whatever its case; all of them for no words."""
    wanted = words.casefold().split()
    return [row for row in rows if all(word in text for text in [_text(row)] for word in wanted)]


def _text(row: Shape) -> str:
    texts: list[str] = []
    for value in row.values():
        many = value if isinstance(value, list) else [value]
        texts.extend(str(one) for one in many if isinstance(one, str))
    return " ".join(texts).casefold()
