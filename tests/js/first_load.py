"""What a browser fetches for the chat page, read from its files: what it begins with, and what an answer adds."""

import re
from pathlib import Path

CHAT = Path(__file__).parents[2] / "chat_static"
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
    """An empty chat page: the page, its style sheets, and every module reached without `await import`."""
    page = CHAT / "index.html"
    seen = {page}
    for name in _LINK.findall(page.read_text()):
        _reached(CHAT / name, seen)
    return seen


def first_answer() -> set[Path]:
    """What the first answer that is shown adds: Markdown and its sanitiser."""
    seen: set[Path] = set()
    _reached(CHAT / "js/message_body.js", seen)
    return seen - first_load()


def name_of(path: Path) -> str:
    """A file's name within the page's folder."""
    return path.relative_to(CHAT).as_posix()
