"""How much a browser fetches before the chat page works: everything reached without `await import`."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

from tests.showing import show

CHAT = Path(__file__).parents[2] / "chat_static"
_LIMIT_BYTES = 80_000
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
    _reached(CHAT / "js/message_body.js", seen)
    seen.add(CHAT / "css/answer.css")
    return seen


def _lines(sizes: dict[str, int]) -> Iterator[str]:
    yield f"first load: {sum(sizes.values())} bytes gzipped in {len(sizes)} files"
    yield from (f"{size:>6} {name}" for name, size in sorted(sizes.items(), key=lambda pair: -pair[1])[:6])


def test_the_first_load_is_small() -> None:
    sizes = {str(path.relative_to(CHAT)): len(gzip.compress(path.read_bytes(), 9)) for path in first_load()}
    show("\n".join(_lines(sizes)))
    assert sum(sizes.values()) <= _LIMIT_BYTES


def test_the_large_libraries_are_not_in_it() -> None:
    names = {str(path.relative_to(CHAT)) for path in first_load()}
    assert any("vendor/marked-" in name for name in names)
    assert any("vendor/preact-" in name and name.endswith("hooks.mjs") for name in names)
    assert not any("highlightjs" in name or "katex" in name for name in names)
