"""The process: inherited socket, one life with its parent."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.admin_app.house import GATE_SECRET, open_house


class Child:
    """The web app as `sluice up` starts it; `lifeline` is the end of the pipe that a parent keeps open."""

    def __init__(self, data: Path, environ: dict[str, str]) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        stdin, lifeline = os.pipe()
        self.lifeline = os.fdopen(lifeline, "wb")
        fd = self.listener.fileno()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "admin_app.web", "--fd", str(fd), "--data", str(data)],
            pass_fds=[fd],
            env=os.environ | environ,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        os.close(stdin)

    def get(self, path: str) -> int:
        """The status of a page; the socket listens already, so this waits until the app is up."""
        connection = HTTPConnection("127.0.0.1", self.listener.getsockname()[1], timeout=30)
        connection.request("GET", path, headers={"X-Sluice-Gate": GATE_SECRET})
        with connection.getresponse() as answer:
            answer.read()
        connection.close()
        return answer.status

    def outcome(self) -> tuple[int, bytes, bytes]:
        """Exit code, standard output and standard error, once it has ended."""
        printed, logged = self.process.communicate(timeout=30)
        return self.process.returncode, printed, logged

    def close(self) -> None:
        self.listener.close()
        self.lifeline.close()
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()


@contextmanager
def started(data: Path, **environ: str) -> Generator[Child]:
    child = Child(data, {"SLUICE_GATE_SECRET": GATE_SECRET} | environ)
    try:
        yield child
    finally:
        child.close()


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
