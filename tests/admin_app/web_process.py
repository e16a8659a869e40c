"""The web app in a process of its own, as `sluice up` starts it."""

import os
import socket
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from tests.admin_app.house import GATE_SECRET


class Child:
    """The process; `lifeline` is the end of the pipe that a parent keeps open."""

    def __init__(self, data: Path, environ: Mapping[str, str]) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
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
        return self._ask("GET", path, None, {})

    def post(self, path: str, body: bytes, address: str = "127.0.0.1") -> int:
        """The status after sending JSON as the gate passes it on for a visitor at this address."""
        return self._ask("POST", path, body, {"Content-Type": "application/json", "X-Sluice-Address": address})

    def outcome(self) -> tuple[int, bytes, bytes]:
        """Exit code, standard output and standard error, once it has ended."""
        printed, logged = self.process.communicate(timeout=30)
        return self.process.returncode, printed, logged

    def close(self) -> None:
        """End it, whatever it does."""
        self.listener.close()
        self.lifeline.close()
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()

    def _ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> int:
        connection = HTTPConnection("127.0.0.1", self.listener.getsockname()[1], timeout=30)
        connection.request(method, path, body, {"X-Sluice-Gate": GATE_SECRET, **headers})
        with connection.getresponse() as answer:
            answer.read()
        connection.close()
        return answer.status


@contextmanager
def started(data: Path, **environ: str) -> Generator[Child]:
    """A web app on this data directory until the block ends."""
    child = Child(data, {"SLUICE_GATE_SECRET": GATE_SECRET} | environ)
    try:
        yield child
    finally:
        child.close()
