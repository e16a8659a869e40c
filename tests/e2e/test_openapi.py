"""Schemathesis holds `/gate/openapi.json` against the running gate and web app, as everybody who may ask.

`schemathesis.toml` says how; the seed is fixed and the examples are few, so that a failure can be repeated.
"""

import subprocess
import sys
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from tests.e2e.processes import running_sluice

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

_SCHEMATHESIS = Path(sys.executable).parent / "schemathesis"
_CONFIG = Path(__file__).with_name("schemathesis.toml")
_PASSWORD = "correct horse battery"


@dataclass
class Askers:
    """A running Sluice with keys and accounts to do things to, and the headers of who may ask."""

    url: str
    folder: Path
    key: dict[str, str]
    cookie: dict[str, str]

    def status(self, headers: dict[str, str]) -> int:
        """What whoever shows these hears of the queue."""
        return requests.get(f"{self.url}/gate/queue", headers=headers, timeout=60).status_code


@pytest.fixture(scope="module")
def askers(tmp_path_factory: pytest.TempPathFactory) -> Generator[Askers]:
    folder = tmp_path_factory.mktemp("openapi")
    with running_sluice(folder / "data") as sluice:
        assert sluice.setup_link is not None
        boss = _register(sluice.url, "boss", sluice.setup_link.partition("#")[2])
        own = {"X-CSRF-Token": boss.cookies["sluice_csrf"], "Origin": sluice.url}
        boss.headers.update(own)
        scopes = {"scopes": ["infer", "read", "manage", "admin"]}
        key = _made(boss, f"{sluice.url}/api/admin/keys", {"name": "keeper", **scopes})["key"]
        for name in ("two", "three"):
            _made(boss, f"{sluice.url}/api/admin/keys", {"name": name})
        token = _made(boss, f"{sluice.url}/api/admin/tokens", {"uses": 3})["token"]
        for name in ("two", "three", "four"):
            _register(sluice.url, name, token)
        cookie = "; ".join(f"{name}={value}" for name, value in boss.cookies.items())
        yield Askers(sluice.url, folder, {"X-API-Key": key}, {"Cookie": cookie, **own})


def _register(url: str, name: str, token: str) -> requests.Session:
    session = requests.Session()
    wish = {"username": name, "password": _PASSWORD, "token": token}
    assert session.post(f"{url}/api/auth/register", json=wish, timeout=60).status_code == 201
    return session


def _made(session: requests.Session, url: str, wish: dict[str, object]) -> dict[str, str]:
    answer = session.post(url, json=wish, timeout=60)
    assert answer.status_code == 201, answer.text
    made: dict[str, str] = answer.json()
    return made


def _run(askers: Askers, headers: dict[str, str], *options: str) -> None:
    line = [str(_SCHEMATHESIS), "--config-file", str(_CONFIG), "run", f"{askers.url}/gate/openapi.json"]
    shown = [option for name, value in headers.items() for option in ("--header", f"{name}: {value}")]
    done = subprocess.run(
        [*line, *shown, *options], capture_output=True, text=True, timeout=200, check=False, cwd=askers.folder
    )
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]


def test_everything_answers_a_key_with_scope_admin_as_described(askers: Askers) -> None:
    _run(askers, askers.key)
    assert askers.status(askers.key) == 200, "the key has not survived, so little was tried"


def test_everything_answers_an_administrators_cookie_as_described(askers: Askers) -> None:
    _run(askers, askers.cookie, "--exclude-path", "/api/auth/logout")
    assert askers.status(askers.cookie) == 200, "the session has not survived, so little was tried"


def test_everything_answers_strangers_as_described(askers: Askers) -> None:
    _run(askers, {}, "--phases", "coverage")
