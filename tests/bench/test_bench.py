"""The figures can be had: a small run prints all of them. How good they are is not tested, machines differ."""

import re

import pytest
from click.testing import CliRunner

from tests.bench.__main__ import main

FIGURES = (
    "gate, 10 waiting, short answers",
    "gate, 100 waiting",
    "naive, 100 waiting",
    "direct",
    "the checks alone",
    "the checks alone / bare proxy",
    "bare proxy, instant answers",
    "gate, instant answers",
    "gate / bare proxy, instant answers",
    "gate / bare proxy, answers of 50 ms",
    "memory per held request",
    "time until all are held",
    "CPU while nothing happens",
    "until nobody waits or runs",
    "open files more than before",
    "memory afterwards",
    "arrival with 10,000 waiting",
    "growth from 1,000 to 10,000",
)


@pytest.mark.slow
def test_a_quick_run_prints_every_figure() -> None:
    ended = CliRunner().invoke(main, ["--quick"])
    assert ended.exit_code == 0, ended.output
    printed = {name: re.search(rf"(?m)^  {name}  +-?[\d,.]+ ", ended.output) for name in FIGURES}
    assert [name for name, found in printed.items() if found is None] == [], ended.output
    assert re.search(r"gate, 10 waiting .*(PASS|MISS)", ended.output)
