"""What a page says, read the way people and their tools do."""

import re
from html.parser import HTMLParser

from werkzeug.test import TestResponse

_EMPTY = frozenset({"meta", "link", "input", "br", "img", "hr", "path"})


class Page(HTMLParser):
    """A page's elements with their attributes, and its text without them."""

    def __init__(self, answer: TestResponse) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._pieces: list[str] = []
        self._open: list[str] = []
        self.feed(answer.text)
        self.close()

    @property
    def text(self) -> str:
        """Everything that can be read, with single spaces."""
        return re.sub(r"\s+", " ", " ".join(self._pieces))

    @property
    def balanced(self) -> bool:
        """Whether every element that was opened has been closed in its turn."""
        return self._open == []

    def all(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        """The attributes of all such elements."""
        return [
            attributes
            for name, attributes in self.elements
            if name == tag and all(attributes.get(key) == value for key, value in wanted.items())
        ]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in _EMPTY:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._pieces.append(data)
