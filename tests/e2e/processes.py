"""Sluice started as a user would, in a process of its own."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests

from tests.e2e.process_table import children_of

ROOT = Path(__file__).parents[2]
_READY_S = 90


@dataclass
class Sluice:
    """A running Sluice. `setup_link` is there on an empty data directory."""

    url: str
    data_dir: Path
    process: subprocess.Popen[str]
    setup_link: str | None
    ready_after_s: float
    stderr: list[str] = field(default_factory=list[str])
    was_killed: bool = False

    def kill_gate(self) -> Sequence[int]:
        """kill -9 for the gate alone; returns the processes that it had started."""
        (gate,) = children_of(self.process.pid)  # uv stands between them
        children = children_of(gate)
        os.kill(gate, signal.SIGKILL)
        self.was_killed = True
        return children

    def command(self, *arguments: str) -> str:
        """Run the command line on the same data directory; its standard output."""
        line = [str(Path(sys.executable).parent / "sluice"), *arguments, "--data", str(self.data_dir)]
        done = subprocess.run(line, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True, env=environment())
        return done.stdout

    def totals(self, key: str) -> dict[str, int]:
        """How many wait and how many run, as the holder of this key may know it."""
        answer = requests.get(f"{self.url}/gate/queue", headers={"X-API-Key": key}, timeout=5)
        answer.raise_for_status()
        totals: dict[str, int] = answer.json()["totals"]
        return totals

    def journal(self, count: int) -> Sequence[sqlite3.Row]:
        """The journal's rows in the order in which they ended, once there are at least `count`."""
        deadline = time.monotonic() + 10
        while True:
            connection = sqlite3.connect(f"file:{self.data_dir / 'sluice.db'}?mode=ro", uri=True)
            connection.row_factory = sqlite3.Row
            rows = connection.execute("SELECT * FROM journal ORDER BY id").fetchall()
            connection.close()
            if len(rows) >= count:
                return rows
            assert time.monotonic() < deadline, f"{len(rows)} journal rows instead of {count}"
            time.sleep(0.1)


@contextmanager
def running_sluice(data_dir: Path, *arguments: str, **environ: str) -> Generator[Sluice]:
    """`./scripts/up ARGUMENTS` until the block ends; unless killed, it must then exit 0 on SIGTERM."""
    started = time.monotonic()
    process = subprocess.Popen(
        ["./scripts/up", "--data", str(data_dir), "--listen", "127.0.0.1:0", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment() | environ,
        start_new_session=True,
    )
    stderr: list[str] = []
    reader = threading.Thread(target=lambda: stderr.extend(process.stderr or ()), daemon=True)
    reader.start()
    watchdog = threading.Timer(_READY_S, lambda: os.killpg(process.pid, signal.SIGKILL))
    watchdog.start()
    try:
        url, link = _read_start(process, stderr)
        watchdog.cancel()
        sluice = Sluice(url, data_dir, process, link, time.monotonic() - started, stderr)
        yield sluice
        if not sluice.was_killed:
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=30) == 0, "".join(stderr)
    finally:
        watchdog.cancel()
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        reader.join(timeout=5)
        if process.stdout and process.stderr:
            process.stdout.close()
            process.stderr.close()


def _read_start(process: subprocess.Popen[str], stderr: list[str]) -> tuple[str, str | None]:
    link = None
    for line in process.stdout or ():
        if found := re.search(r"\S+/setup#\S+", line):
            link = found[0]
        if line.startswith("READY "):
            return line.split()[1], link
    process.wait()
    raise AssertionError(f"sluice up did not become ready:\n{''.join(stderr)}")


def environment() -> dict[str, str]:
    """Everything but the settings of whoever runs this."""
    # The tools this suite was started with; none of the settings of whoever runs it.
    return {name: value for name, value in os.environ.items() if not name.startswith("SLUICE_")}
