"""The sizes report measures what it says, and fails only beyond its limits."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts import sizes

SOURCE = '''"""A module."""


class Thing:
    @property
    def name(self):
        """Return it."""
        return "x"


async def outer():
    def inner():
        return 1

    return inner
'''


def write(root: Path, name: str, source: str) -> None:
    """Put one file into the tree below `root`."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source, encoding="utf-8")


def function_of(lines: int) -> str:
    """Return the source of one function that is `lines` long."""
    return "def long():\n" + "    pass\n" * (lines - 1)


def test_a_file_is_as_long_as_its_lines() -> None:
    module = sizes.measure("a.py", SOURCE)
    assert module is not None
    assert module.whole == sizes.Length(15, "a.py")


def test_functions_are_measured_from_their_def_methods_and_nested_ones_too() -> None:
    module = sizes.measure("a.py", SOURCE)
    assert module is not None
    assert sorted(module.functions) == [
        sizes.Length(2, "a.py:12 inner"),
        sizes.Length(3, "a.py:6 name"),
        sizes.Length(5, "a.py:11 outer"),
    ]


@pytest.mark.parametrize("source", ["", "# a comment\n", '"""Marks a package."""\n'])
def test_a_file_with_no_code_is_not_measured(source: str) -> None:
    assert sizes.measure("__init__.py", source) is None


def test_a_file_whose_only_statement_is_no_docstring_is_measured() -> None:
    assert sizes.measure("a.py", "VALUE = 1\n") == sizes.Module(sizes.Length(1, "a.py"), ())


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([], 0.9, 0),
        ([7], 0.5, 7),
        ([4, 1, 3, 2], 0.5, 2),
        (list(range(1, 11)), 0.9, 9),
        (list(range(1, 12)), 0.9, 10),
        ([1, 2, 3], 1.0, 3),
    ],
)
def test_the_percentile_is_the_nearest_rank(values: list[int], share: float, expected: int) -> None:
    assert sizes.percentile(values, share) == expected


@given(st.lists(st.integers(0, 1000), min_size=1), st.floats(0, 1))
def test_a_percentile_is_one_of_the_values_and_covers_its_share(values: list[int], share: float) -> None:
    answer = sizes.percentile(values, share)
    assert answer in values
    assert sum(value <= answer for value in values) >= share * len(values)


def test_generated_migrations_are_left_out(tmp_path: Path) -> None:
    write(tmp_path, "addon/store/migrations/versions/0001_first.py", "VALUE = 1\n")
    write(tmp_path, "addon/store/migrations/env.py", "VALUE = 1\n")
    found = [module.whole.where for module in sizes.modules(tmp_path, ["addon"])]
    assert found == ["addon/store/migrations/env.py"]


@pytest.mark.parametrize("folder", ["addon", "admin_app", "tests", "scripts"])
def test_a_function_at_its_limit_passes_and_one_line_more_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], folder: str
) -> None:
    write(tmp_path, f"{folder}/a.py", function_of(sizes.FUNCTION_LIMIT))
    assert sizes.main(tmp_path) == 0
    write(tmp_path, f"{folder}/a.py", function_of(sizes.FUNCTION_LIMIT + 1))
    assert sizes.main(tmp_path) == 1
    complaint = f"{folder}/a.py:1 long has 61 lines, 60 are allowed; split it."
    assert capsys.readouterr().out.endswith(f"{complaint}\n")


def test_a_file_at_its_limit_passes_and_one_line_more_fails(tmp_path: Path) -> None:
    write(tmp_path, "addon/a.py", "VALUE = 1\n" * sizes.FILE_LIMIT)
    assert sizes.main(tmp_path) == 0
    write(tmp_path, "addon/a.py", "VALUE = 1\n" * (sizes.FILE_LIMIT + 1))
    assert sizes.main(tmp_path) == 1


def test_the_report_shows_the_longest_first_the_spread_of_the_product_and_the_ratio(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, "addon/a.py", function_of(4))
    write(tmp_path, "admin_app/b.py", function_of(8))
    write(tmp_path, "tests/test_a.py", function_of(18))
    write(tmp_path, "scripts/c.py", function_of(30))
    assert sizes.main(tmp_path) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Longest files"
    assert lines[1].split() == ["30", "scripts/c.py"]
    assert lines[-3].split() == ["files", "2", "median", "4", "p90", "8", "longest", "8"]
    assert lines[-2].split() == ["functions", "2", "median", "4", "p90", "8", "longest", "8"]
    assert lines[-1] == "tests:code 18:12 = 1.50"


def test_a_tree_without_a_product_is_reported_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sizes.main(tmp_path) == 0
    assert capsys.readouterr().out.endswith("tests:code 0:0\n")
