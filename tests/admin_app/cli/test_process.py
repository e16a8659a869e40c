"""The real executable, as its user starts it."""

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.admin_app.cli.fake_gate import FakeGate

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
        while drawn.count("\x1b[H\x1b[2Jopen: 1 of 1 slots in use") < 2:
            drawn += os.read(reader, 4096).decode()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    os.close(reader)
    assert (process.returncode, errors) == (0, "")
