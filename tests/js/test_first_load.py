"""How much a browser fetches before the chat page works: everything reached without `await import`."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

from tests.showing import show

CHAT = Path(__file__).parents[2] / "chat_static"
_LIMIT_BYTES = 80_000
_ANSWER_LIMIT_BYTES = 45_000
# `import x from "…"`, `export … from "…"` and `import "…"`, in minified code as well; never `import(…)`.
_IMPORT = re.compile(r"""(?:^|[;\s}])(?:import|export)\b[^;"'()]*?["'](\.[^"']+)["']""")
_LINK = re.compile(r"""(?:src|href)="/static/chat/([^"]+)\"""")


def _reached(path: Path, seen: set[Path]) -> None:
    if path in seen:
        return
    seen.add(path)
    if path.suffix in (".js", ".mjs"):
        for name in _IMPORT.findall(path.read_text()):
            _reached((path.parent / name).resolve(), seen)


def first_load() -> set[Path]:
    """The page, its style sheets, and every module that is loaded before it can run."""
    page = CHAT / "index.html"
    seen = {page}
    for name in _LINK.findall(page.read_text()):
        _reached(CHAT / name, seen)
    return seen


def first_answer() -> set[Path]:
    """What is loaded beside the running page, before the first answer is drawn: Markdown and its sanitiser."""
    seen: set[Path] = set()
    _reached(CHAT / "js/message_body.js", seen)
    return seen - first_load()


def _sizes(paths: set[Path]) -> dict[str, int]:
    return {str(path.relative_to(CHAT)): len(gzip.compress(path.read_bytes(), 9)) for path in paths}


def _lines(sizes: dict[str, int]) -> Iterator[str]:
    yield f"first load: {sum(sizes.values())} bytes gzipped in {len(sizes)} files"
    yield from (f"{size:>6} {name}" for name, size in sorted(sizes.items(), key=lambda pair: -pair[1])[:6])


def test_the_first_load_is_small() -> None:
    sizes = _sizes(first_load())
    show("\n".join(_lines(sizes)))
    assert sum(sizes.values()) <= _LIMIT_BYTES


def test_what_the_first_answer_needs_is_small_too() -> None:
    sizes = _sizes(first_answer())
    show("\n".join(_lines(sizes)).replace("first load", "first answer"))
    assert sum(sizes.values()) <= _ANSWER_LIMIT_BYTES
    assert any("vendor/marked-" in name for name in sizes)


def test_the_large_libraries_are_in_neither() -> None:
    names = {str(path.relative_to(CHAT)) for path in first_load() | first_answer()}
    assert any("vendor/preact-" in name and name.endswith("hooks.mjs") for name in names)
    assert not any("highlightjs" in name or "katex" in name for name in names)
