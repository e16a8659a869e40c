"""Shows how long files and functions are, so that growth is seen while it is still small.

Lengths are physical lines, docstrings and comments included; a function starts at its `def`. Generated
migrations and packages' bare `__init__.py` are left out. The exit code is 1 only when a file or function is
beyond its limit; the limits leave room above what we aim for, for a long one that has a good reason.
"""

import ast
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = ("addon", "admin_app")
OTHERS = ("tests", "scripts")
GENERATED = Path("addon/store/migrations/versions")

FILE_LIMIT = 400
FUNCTION_LIMIT = 60
SHOWN = 5


@dataclass(frozen=True, order=True, slots=True)
class Length:
    """How many lines the thing called `where` has; lengths sort by their lines."""

    lines: int
    where: str


@dataclass(frozen=True, slots=True)
class Module:
    """The length of one source file, and of every function in it, nested ones too."""

    whole: Length
    functions: tuple[Length, ...]


def measure(name: str, source: str) -> Module | None:
    """Measure one file's source; None for a file with nothing in it, or nothing but a docstring.

    Raises SyntaxError when the source is not Python.
    """
    tree = ast.parse(source, filename=name)
    if len(tree.body) - (ast.get_docstring(tree) is not None) == 0:
        return None
    functions = tuple(
        Length((node.end_lineno or node.lineno) - node.lineno + 1, f"{name}:{node.lineno} {node.name}")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return Module(Length(len(source.splitlines()), name), functions)


def modules(root: Path, folders: Sequence[str]) -> Iterator[Module]:
    """Measure every Python file below the folders of `root`, generated ones excepted."""
    for folder in folders:
        for path in sorted((root / folder).rglob("*.py")):
            name = path.relative_to(root)
            if name.is_relative_to(GENERATED):
                continue
            module = measure(str(name), path.read_text(encoding="utf-8"))
            if module is not None:
                yield module


def percentile(values: Sequence[int], share: float) -> int:
    """Return the smallest value that a `share` (0 to 1) of the values stay within; 0 when there are none."""
    ranked = sorted(values)
    return ranked[max(math.ceil(share * len(ranked)), 1) - 1] if ranked else 0


def spread(name: str, lengths: Sequence[Length]) -> str:
    """Say in one line how many lengths there are, and their median, 90th percentile and maximum."""
    lines = [length.lines for length in lengths]
    middle, high, top = (percentile(lines, share) for share in (0.5, 0.9, 1.0))
    return f"{name:<10} {len(lines):>5}   median {middle:>4}   p90 {high:>4}   longest {top:>4}"


def longest(title: str, lengths: Sequence[Length]) -> Iterator[str]:
    """Yield a title and the longest few, one a line."""
    yield title
    yield from (f"  {length.lines:>4}  {length.where}" for length in sorted(lengths, reverse=True)[:SHOWN])


def beyond(lengths: Sequence[Length], limit: int) -> Iterator[str]:
    """Yield a sentence for each length above the limit."""
    for length in lengths:
        if length.lines > limit:
            yield f"{length.where} has {length.lines} lines, {limit} are allowed; split it."


def report(product: Sequence[Module], others: Sequence[Module]) -> tuple[list[str], list[str]]:
    """Return the lines to print, and the complaints.

    The limits hold for every file; the medians and percentiles are of the product alone.
    """
    everything = [*product, *others]
    files = [module.whole for module in everything]
    functions = [function for module in everything for function in module.functions]
    shown = [
        *longest("Longest files", files),
        *longest("Longest functions", functions),
        spread("files", [module.whole for module in product]),
        spread("functions", [function for module in product for function in module.functions]),
        ratio(product, others),
    ]
    return shown, [*beyond(files, FILE_LIMIT), *beyond(functions, FUNCTION_LIMIT)]


def ratio(product: Sequence[Module], others: Sequence[Module]) -> str:
    """Say how many lines of tests there are to one line of product."""
    code = sum(module.whole.lines for module in product)
    tests = sum(module.whole.lines for module in others if module.whole.where.startswith("tests/"))
    return f"tests:code {tests}:{code} = {tests / code:.2f}" if code else f"tests:code {tests}:0"


def main(root: Path = ROOT) -> int:
    """Print the sizes of the tree at `root`; return the exit code."""
    shown, complaints = report(list(modules(root, PRODUCT)), list(modules(root, OTHERS)))
    print("\n".join([*shown, *complaints]))
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
