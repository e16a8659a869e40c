"""What `sluice check` finds, on real files, sockets and servers."""

import os
import socket
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from addon.settings import Settings, load_settings
from addon.store import secret_file
from addon.store.engine import make_engine
from admin_app.cli import surroundings
from admin_app.cli.surroundings import problems
from tests.admin_app.fake_gate import FakeGate, refused

type SettingsMaker = Callable[..., Settings]


class _Version(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        _asked.append((self.path, self.headers["User-Agent"]))
        body = b'{"version":"0.13.0"}'
        self.send_response(200 if self.path == "/api/version" else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name http.server gives it
        """Silent."""


_asked: list[tuple[str, str]] = []


@contextmanager
def _serving(handler: type[BaseHTTPRequestHandler]) -> Generator[str]:
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def ollama() -> Iterator[str]:
    with _serving(_Version) as url:
        yield url


@pytest.fixture
def make(data_dir: Path, ollama: str) -> SettingsMaker:
    def settings(data: Path = data_dir, listen: str = "127.0.0.1:0", **environ: str) -> Settings:
        return load_settings(
            config=None, data=data, listen=listen, environ={"SLUICE_UPSTREAM__URL": ollama} | environ
        )

    return settings


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_a_sound_house_has_no_problem(make: SettingsMaker, data_dir: Path) -> None:
    secret_file.load_secret(data_dir)
    _asked.clear()
    assert list(problems(make())) == []
    assert _asked == [("/api/version", "sluice/0.1.0")]


def test_what_is_still_missing_is_no_problem_and_stays_missing(make: SettingsMaker, tmp_path: Path) -> None:
    assert list(problems(make(tmp_path / "a" / "b"))) == []
    assert list(tmp_path.iterdir()) == [tmp_path / "data"]


def test_a_file_in_the_directorys_place_is_a_problem(make: SettingsMaker, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (line,) = problems(make(tmp_path / "file" / "data"))
    assert line.startswith(
        f"{tmp_path}/file/data: the data directory cannot be used ({tmp_path}/file is not a dir"
    )


def test_a_directory_nobody_may_write_is_a_problem(
    make: SettingsMaker, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The administrator of a machine may write everywhere, so the system's answer is given here.
    def access(path: Path, _mode: int) -> bool:
        return path != data_dir

    monkeypatch.setattr(os, "access", access)
    (line,) = problems(make())
    assert f"(nothing may be written in {data_dir})" in line


def test_a_path_the_system_cannot_look_at_is_a_problem(make: SettingsMaker, tmp_path: Path) -> None:
    (line,) = problems(make(tmp_path / ("x" * 300)))
    assert "the data directory cannot be used (File name too long)" in line


def test_a_database_that_is_none_is_a_problem(make: SettingsMaker, data_dir: Path) -> None:
    (data_dir / "sluice.db").write_bytes(b"not a database, but long enough to be taken for one" * 100)
    (line,) = problems(make())
    assert line.startswith(f"{data_dir}/sluice.db: the database cannot be opened")


def test_a_database_of_a_newer_sluice_is_a_problem_and_stays_as_it_is(make: SettingsMaker, data_dir: Path) -> None:
    with make_engine(f"sqlite:///{data_dir}/sluice.db").connect() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    (line,) = problems(make())
    assert "newer Sluice (schema 9999)" in line


def test_an_empty_database_is_not_migrated_by_looking(make: SettingsMaker, data_dir: Path) -> None:
    path = data_dir / "sluice.db"
    path.unlink()
    path.touch(mode=0o600)
    assert list(problems(make())) == []
    with make_engine(f"sqlite:///{path}").connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one() == 0


def test_a_database_others_can_read_is_a_problem(make: SettingsMaker, data_dir: Path) -> None:
    (data_dir / "sluice.db").chmod(0o644)
    (line,) = problems(make())
    assert line.endswith(f"others can read the database. Run: chmod 600 {data_dir}/sluice.db")


def test_a_data_directory_others_can_look_into_is_a_problem(make: SettingsMaker, data_dir: Path) -> None:
    data_dir.chmod(0o750)
    (line,) = problems(make())
    assert line == f"{data_dir}: others can look into the data directory. Run: chmod 700 {data_dir}"


def test_a_database_in_a_directory_that_is_missing_is_a_problem(make: SettingsMaker, tmp_path: Path) -> None:
    (line,) = problems(make(SLUICE_DATABASE__URL=f"sqlite:///{tmp_path}/no/sluice.db"))
    assert line == f"database.url: there is no directory {tmp_path}/no. Make it, or name another file."


def test_a_secret_others_can_read_is_a_problem(make: SettingsMaker, data_dir: Path) -> None:
    secret_file.load_secret(data_dir)
    (data_dir / secret_file.NAME).chmod(0o640)
    (line,) = problems(make())
    assert "others can read the session secret" in line


def test_looking_makes_no_secret(make: SettingsMaker, data_dir: Path) -> None:
    assert list(problems(make())) == []
    assert not (data_dir / secret_file.NAME).exists()


def test_a_port_in_use_is_a_problem(make: SettingsMaker) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        listen = f"127.0.0.1:{other.getsockname()[1]}"
        (line,) = problems(make(listen=listen))
    assert line.startswith(f"gate.listen: {listen} cannot be used (Address already in use).")


@pytest.mark.parametrize("is_friendly", [True, False])
def test_a_port_our_own_running_gate_uses_is_none(make: SettingsMaker, gate: FakeGate, is_friendly: bool) -> None:
    if not is_friendly:
        gate.reply = lambda _: refused("Not now.")
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        assert list(problems(make(listen=f"127.0.0.1:{other.getsockname()[1]}"))) == []


def test_an_upstream_that_cannot_be_reached_is_a_problem(make: SettingsMaker) -> None:
    url = f"http://127.0.0.1:{_free_port()}"
    (line,) = problems(make(SLUICE_UPSTREAM__URL=url, SLUICE_UPSTREAM__NAME="big"))
    assert line.startswith(f"upstream big: {url} does not answer (")


def test_an_upstream_that_stays_silent_is_a_problem(make: SettingsMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surroundings, "_PATIENCE_S", 0.01)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        (line,) = problems(make(SLUICE_UPSTREAM__URL=f"http://127.0.0.1:{silent.getsockname()[1]}"))
    assert "does not answer (timed out)" in line


def test_a_server_that_is_not_ollama_is_a_problem(make: SettingsMaker) -> None:
    with _serving(BaseHTTPRequestHandler) as url:
        (line,) = problems(make(SLUICE_UPSTREAM__URL=url))
    assert line.endswith("/api/version answers 501, so it is not Ollama. Mend its url.")
