"""The real executable, as its user starts it."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.admin_app.fake_gate import FakeGate, refused

_SLUICE = str(Path(sys.executable).with_name("sluice"))


@pytest.mark.slow
def test_a_key_made_by_one_process_is_listed_by_the_next(tmp_path: Path) -> None:
    def sluice(*args: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([_SLUICE, *args], cwd=tmp_path, capture_output=True, text=True, check=False)

    made = sluice("key", "add", "app1", "--json")
    assert (made.returncode, made.stderr) == (0, "")
    assert json.loads(sluice("key", "list", "--json").stdout)[0]["id"] == json.loads(made.stdout)["id"]
    again = sluice("key", "add", "app1")
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr == "Error: A key named 'app1' exists already. Choose another name.\n"
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


@pytest.mark.slow
def test_watching_redraws_a_terminal_in_place_until_ctrl_c(data_dir: Path, gate: FakeGate) -> None:
    reader, terminal = pty.openpty()
    command = [_SLUICE, "queue", "--watch", "--data", str(data_dir)]
    with subprocess.Popen(command, stdout=terminal, stderr=subprocess.PIPE, text=True) as process:
        os.close(terminal)
        drawn = ""
        while len(re.findall(r"\x1b\[H\d\d:\d\d:\d\d UTC, open: 1 of 1 slots in use", drawn)) < 2:
            drawn += os.read(reader, 4096).decode()
        gate.reply = lambda _: refused("The gate is stopping.")
        while "no answer: The gate is stopping." not in drawn:
            drawn += os.read(reader, 4096).decode()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    os.close(reader)
    assert (process.returncode, errors) == (0, "")
    # Nothing is cleared before it is drawn over, and each line ends the one that stood there.
    assert "\x1b[2J" not in drawn
    first = drawn.split("\x1b[H")[1]
    assert first.endswith("\x1b[J")
    assert all(line.endswith("\x1b[K") for line in first.removesuffix("\x1b[J").splitlines())
