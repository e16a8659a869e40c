"""The parts of ARCHITECTURE.md that are made from the code: `python -m tests.docs.made` writes them anew.

Each stands between `<!-- made: NAME -->` and `<!-- made: end -->`. What is written by hand stands outside.
"""

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from addon.core import ticket
from addon.core.refusal import Reason, Refusal
from addon.store.models import Base
from tests.docs.documents import ROOT

DOCUMENT = ROOT / "ARCHITECTURE.md"
_PACKAGES = ("addon", "admin_app")
_SCRIPT_FOLDERS = ("admin_app/static/js", "chat_static/js")
_GENERATED = "migrations/versions"
_END = "<!-- made: end -->"


def modules() -> str:
    """Every module with the first sentence of its docstring, by package."""
    parts: list[str] = []
    for package in _python_packages():
        parts += [f"### `{package.relative_to(ROOT)}/`", _first_sentence(_docstring(package / "__init__.py"))]
        parts.append(_table(("module", "what it is"), _python_rows(package)))
    for folder in _SCRIPT_FOLDERS:
        scripts = sorted((ROOT / folder).glob("*.js"))
        listed = ((f"`{path.name}`", _first_sentence(_script_comment(path))) for path in scripts)
        parts += [f"### `{folder}/`", _table(("module", "what it is"), listed)]
    return "\n\n".join(parts)


def ticket_states() -> str:
    """The drawing in the docstring of core/ticket.py."""
    drawn = [line for line in (ticket.__doc__ or "").splitlines() if line.startswith("    ")]
    return "```text\n" + textwrap.dedent("\n".join(drawn)) + "\n```"


def refusals() -> str:
    """Every reason for which Sluice says no."""
    return _table(
        ("code", "status", "sentence", "Retry-After"),
        (
            (
                f"`{reason.code}`",
                str(reason.status),
                refusal.message.replace("….", "…"),
                _seconds(refusal.retry_after_s),
            )
            for reason in Reason
            for refusal in [Refusal(reason, "…")]
        ),
    )


def tables() -> str:
    """Every table of the database and its one writer, from the docstrings of store/models.py."""
    by_name = {mapper.local_table.description: inspect.getdoc(mapper.class_) for mapper in Base.registry.mappers}
    return _table(
        ("table", "holds", "writer"), (_table_row(name, by_name[name] or "") for name in sorted(by_name))
    )


BLOCKS: Mapping[str, Callable[[], str]] = {
    "modules": modules,
    "ticket states": ticket_states,
    "refusals": refusals,
    "tables": tables,
}


def written(text: str, name: str) -> str:
    """Return a part as it stands in the document. Raises ValueError when there is none of this name."""
    _, mark, rest = text.partition(_mark(name))
    if not mark:
        raise ValueError(f"ARCHITECTURE.md has no part made for {name!r}")
    return rest.partition(_END)[0].strip()


def main() -> None:
    """Write every part anew."""
    text = DOCUMENT.read_text(encoding="utf-8")
    for name, make in BLOCKS.items():
        opening, rest = text.split(_mark(name), 1)
        text = f"{opening}{_mark(name)}\n\n{make()}\n\n{_END}{rest.split(_END, 1)[1]}"
    DOCUMENT.write_text(text, encoding="utf-8")


def _mark(name: str) -> str:
    return f"<!-- made: {name} -->"


def _table(headings: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = (
        headings,
        tuple("---" for _ in headings),
        *([cell.replace("|", "\\|") for cell in row] for row in rows),
    )
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _python_packages() -> list[Path]:
    inits = (path for package in _PACKAGES for path in (ROOT / package).rglob("__init__.py"))
    return sorted(path.parent for path in inits)


def _python_rows(package: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(package.rglob("*.py")):
        is_ours = _home(path) == package and path.name != "__init__.py" and _GENERATED not in path.as_posix()
        if is_ours:
            yield f"`{path.relative_to(package)}`", _first_sentence(_docstring(path))


def _home(path: Path) -> Path:
    """The nearest package; the folder of migrations is none."""
    return next(folder for folder in path.parents if (folder / "__init__.py").exists())


def _docstring(path: Path) -> str:
    return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""


def _script_comment(path: Path) -> str:
    found = re.search(r"/\*\*(.*?)\*/", path.read_text(encoding="utf-8"), re.DOTALL)
    return re.sub(r"^ *\* ?", "", found[1], flags=re.MULTILINE).strip() if found else ""


def _first_sentence(text: str) -> str:
    paragraph = " ".join(text.strip().split("\n\n")[0].split())
    return re.split(r"(?<=[.!?]) (?=[A-Z`])", paragraph)[0]


def _table_row(name: str, docstring: str) -> tuple[str, str, str]:
    holds, _, writer = " ".join(docstring.split()).partition(" Writer: ")
    return f"`{name}`", holds, writer.rstrip(".")


def _seconds(retry_after_s: int | None) -> str:
    return "" if retry_after_s is None else f"{retry_after_s} s"


if __name__ == "__main__":
    main()
