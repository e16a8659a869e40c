"""`sluice up` as a process: what it prints, what it refuses, and what it leaves behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from tests.e2e.processes import running_sluice

pytestmark = pytest.mark.slow

_SLUICE = str(Path(sys.executable).parent / "sluice")


def _failing(*arguments: str | Path) -> str:
    """The one line with which `sluice up` refuses to start (exit code 2)."""
    line = [_SLUICE, "up", *map(str, arguments)]
    done = subprocess.run(line, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    return done.stderr


def test_a_broken_configuration_file_is_one_line_that_names_the_place(tmp_path: Path) -> None:
    config = tmp_path / "my.toml"
    config.write_text('[gate]\nlisten = "127.0.0.1:8000\n')
    assert "my.toml" in _failing("--config", config, "--data", tmp_path / "data")


def test_an_unknown_key_is_one_line_that_names_the_key(tmp_path: Path) -> None:
    config = tmp_path / "my.toml"
    config.write_text("[queue]\nagingperminute = 1\n")
    assert "agingperminute" in _failing("--config", config, "--data", tmp_path / "data")


def test_a_port_in_use_is_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert "the port is in use" in _failing("--listen", f"127.0.0.1:{port}", "--data", tmp_path / "data")


def test_a_data_directory_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a directory")
    assert "data directory" in _failing("--data", tmp_path / "file" / "data", "--listen", "127.0.0.1:0")


@pytest.mark.parametrize("name", [".", "sluice.db", "session.secret"])
def test_what_others_can_read_is_refused_until_it_is_private(tmp_path: Path, name: str) -> None:
    data = tmp_path / "data"
    with running_sluice(data):
        pass
    path, private = (data, 0o700) if name == "." else (data / name, 0o600)
    path.chmod(private | 0o040)
    line = _failing("--data", data, "--listen", "127.0.0.1:0")
    assert line.startswith(f"Error: {path}: others can ")
    assert line.endswith(f"Run: chmod {private:o} {path}\n")
    path.chmod(private)
    with running_sluice(data):
        pass


def test_what_exposes_ollama_is_said_once_it_runs_and_keeps_nothing_from_running(tmp_path: Path) -> None:
    with running_sluice(tmp_path / "data", SLUICE_GATE__TRUSTED_PROXIES="0.0.0.0/1") as sluice:
        assert requests.get(f"{sluice.url}/gate/health", timeout=5).status_code == 200
        deadline = time.monotonic() + 10
        while not any("gate.trusted_proxies: 0.0.0.0/1 is very wide" in line for line in sluice.stderr):
            assert time.monotonic() < deadline, sluice.stderr
            time.sleep(0.05)


def test_a_second_gate_on_one_data_directory_is_refused(tmp_path: Path) -> None:
    with running_sluice(tmp_path / "data"):
        assert "another Sluice" in _failing("--data", tmp_path / "data", "--listen", "127.0.0.1:0")


def test_it_starts_without_an_upstream_and_says_so_to_those_who_ask(tmp_path: Path) -> None:
    with running_sluice(tmp_path / "data", SLUICE_UPSTREAM__URL=f"http://127.0.0.1:{_closed_port()}") as sluice:
        assert requests.get(f"{sluice.url}/gate/health", timeout=5).json() == {"status": "ok"}
        ready = requests.get(f"{sluice.url}/gate/ready", timeout=5)
        assert (ready.status_code, ready.json()) == (503, {"ready": False})
        key = sluice.command("key", "add", "app", "--json").split('"key": "')[1].split('"')[0]
        answer = _ask_until_known(sluice.url, key)
        assert (answer.status_code, answer.headers["X-Sluice-Reason"]) == (502, "upstream_unreachable")
        assert "error" in answer.json()


def test_the_web_app_comes_back_when_it_dies_and_dies_with_its_parent(tmp_path: Path) -> None:
    with running_sluice(tmp_path / "data") as sluice:
        first = _web_app_of(sluice.process.pid)
        os.kill(first, signal.SIGKILL)
        # Its listening socket is the parent's, so a request of the meantime waits instead of failing.
        assert requests.get(f"{sluice.url}/login", timeout=30).status_code == 200
        second = _web_app_of(sluice.process.pid)
        assert second != first
    with pytest.raises(ProcessLookupError):
        os.kill(second, 0)


def _ask_until_known(url: str, key: str) -> requests.Response:
    # The gate notices a new key within a second.
    for _ in range(30):
        answer = requests.get(f"{url}/api/tags", headers={"X-API-Key": key}, timeout=5)
        if answer.status_code != 401:
            return answer
        time.sleep(0.1)
    raise AssertionError("the key is not in force after 3 s")


def _closed_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port: int = unused.getsockname()[1]
    return port


def _web_app_of(pid: int) -> int:
    """The process id of the web app below this process (uv stands between them)."""
    for entry in Path("/proc").iterdir():
        if (
            entry.name.isdecimal()
            and b"admin_app.web" in (entry / "cmdline").read_bytes()
            and _is_below(entry, pid)
        ):
            return int(entry.name)
    raise AssertionError("no web app runs")


def _is_below(process: Path, ancestor: int) -> bool:
    parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
    return parent == ancestor or (parent > 1 and _is_below(Path("/proc") / str(parent), ancestor))
