"""The process: inherited socket, one life with its parent."""

import signal
from pathlib import Path

import pytest

from tests.admin_app.house import GATE_SECRET, open_house
from tests.admin_app.web_process import started


@pytest.fixture
def data(tmp_path: Path, template_database: Path) -> Path:
    open_house(tmp_path, template_database)
    return tmp_path


@pytest.mark.slow
def test_it_serves_and_ends_on_sigterm_but_not_on_ctrl_c(data: Path) -> None:
    with started(data) as child:
        assert child.get("/login") == 200
        child.process.send_signal(signal.SIGINT)
        assert child.get("/login") == 200
        child.process.send_signal(signal.SIGTERM)
        code, printed, logged = child.outcome()
    assert (code, printed) == (0, b"")
    assert GATE_SECRET.encode() not in logged
    assert b"Traceback" not in logged


@pytest.mark.slow
def test_it_ends_when_its_parent_is_gone(data: Path) -> None:
    with started(data) as child:
        assert child.get("/login") == 200
        child.lifeline.close()
        assert child.outcome()[0] == 0


@pytest.mark.slow
def test_without_the_gates_secret_it_says_so_in_one_line(data: Path) -> None:
    with started(data, SLUICE_GATE_SECRET="") as child:
        code, printed, logged = child.outcome()
    assert (code, printed, logged.count(b"\n")) == (2, b"", 1)
    assert b"SLUICE_GATE_SECRET" in logged


@pytest.mark.slow
def test_wrong_settings_are_told_in_one_line(data: Path) -> None:
    with started(data, SLUICE_QUEUE__MAX_WAITING="none") as child:
        code, printed, logged = child.outcome()
    assert (code, printed, logged.count(b"\n")) == (2, b"", 1)
