"""What people fetch before an empty chat page works, and what the first answer adds, gzipped.

The page itself, its style sheets and scripts are counted; the icon of the tab is not. A browser proves the list in
tests/e2e/test_chat_answers.py. Highlighter and KaTeX come later still, with the first code and the first formula.
"""

import gzip
from collections.abc import Iterator
from pathlib import Path

from tests.js.first_load import first_answer, first_load, name_of
from tests.showing import show

_LIMIT_BYTES = 80_000
_ANSWER_LIMIT_BYTES = 45_000


def _sizes(paths: set[Path]) -> dict[str, int]:
    return {name_of(path): len(gzip.compress(path.read_bytes(), 9)) for path in paths}


def _lines(sizes: dict[str, int]) -> Iterator[str]:
    yield f"first load: {sum(sizes.values())} bytes gzipped in {len(sizes)} files"
    yield from (f"{size:>6} {name}" for name, size in sorted(sizes.items(), key=lambda pair: -pair[1])[:6])


def test_an_empty_chat_page_is_small() -> None:
    sizes = _sizes(first_load())
    show("\n".join(_lines(sizes)))
    assert sum(sizes.values()) <= _LIMIT_BYTES


def test_what_the_first_answer_adds_is_small_too() -> None:
    sizes = _sizes(first_answer())
    show("\n".join(_lines(sizes)).replace("first load", "first answer"))
    assert sum(sizes.values()) <= _ANSWER_LIMIT_BYTES
    assert any("vendor/marked-" in name for name in sizes)


def test_the_large_libraries_are_in_neither() -> None:
    names = {name_of(path) for path in first_load() | first_answer()}
    assert any("vendor/preact-" in name and name.endswith("hooks.mjs") for name in names)
    assert not any("highlightjs" in name or "katex" in name for name in names)
