"""`strings` over the data directory of a used house, and over what was logged, finds no key, token or password."""

import base64
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests

from tests.e2e.processes import ROOT, Sluice, environment, running_sluice

pytestmark = pytest.mark.slow

_PASSWORD, _ANNS, _WRONG = "correct horse battery", "a staple under the bed", "wrong horse battery"
_PROMPT = "tell-nobody-7f3c"
_SHORTEST = 12


@dataclass
class User:
    """Does what people do, and remembers every secret that it sent or got."""

    sluice: Sluice
    secrets: list[str] = field(default_factory=lambda: [_PASSWORD, _ANNS, _WRONG, _PROMPT])

    def register(self, name: str, password: str, token: str) -> requests.Session:
        browser = requests.Session()
        wish = {"username": name, "password": password, "token": token}
        joined = browser.post(f"{self.sluice.url}/api/auth/register", json=wish, timeout=60)
        assert joined.status_code == 201, joined.text
        browser.headers.update({"Origin": self.sluice.url, "X-CSRF-Token": browser.cookies["sluice_csrf"]})
        self.secrets += [token, joined.json()["access_token"], *browser.cookies.values()]
        return browser

    def make(self, browser: requests.Session, path: str, document: object, secret: str) -> str:
        answer = browser.post(f"{self.sluice.url}/api/admin/{path}", json=document, timeout=60)
        assert answer.ok, answer.text
        made: str = answer.json()[secret]
        self.secrets.append(made)
        return made

    def command(self, *words: str, secret: str) -> str:
        made: str = json.loads(self.sluice.command(*words, "--json"))[secret]
        self.secrets.append(made)
        return made


def _use(user: User) -> None:
    url, link = user.sluice.url, user.sluice.setup_link
    assert link is not None
    boss = user.register("boss", _PASSWORD, link.partition("#")[2])
    user.register("ann", _ANNS, user.make(boss, "tokens", {"note": "for ann"}, "token"))
    keys = [user.make(boss, "keys", {"name": "made"}, "key"), user.make(boss, "keys/1/rotate", {}, "key")]
    user.make(boss, "users/2/reset-password", None, "token")
    keys.append(user.command("key", "add", "typed", secret="key"))
    user.command("invite", "add", secret="token")
    form = {"name": "form", "csrf_token": boss.headers["X-CSRF-Token"]}
    page = boss.post(f"{url}/admin/keys", data=form, timeout=60)
    shown = re.search(r"sl_[A-Za-z0-9]+_[A-Za-z0-9_-]{30,}", page.text)
    assert shown is not None
    keys.append(shown[0])
    user.secrets.append(shown[0])
    chat = {"model": "m", "messages": [{"role": "user", "content": _PROMPT}]}
    for key in keys:
        requests.post(f"{url}/api/chat", json=chat, headers={"X-API-Key": key}, timeout=60)
        requests.post(f"{url}/k/{key}/api/chat", json=chat, timeout=60)
        requests.get(f"{url}/gate/me", auth=("app", key), timeout=60)
        requests.get(f"{url}/{key}", headers={"Authorization": f"Bearer {key}x"}, timeout=60)
    for password in (_WRONG, _PASSWORD):
        wish = {"username": "boss", "password": password}
        signed_in = requests.post(f"{url}/api/auth/login", json=wish, timeout=60)
        user.secrets += [signed_in.json()["access_token"]] if signed_in.ok else []
    assert boss.get(f"{url}/api/admin/audit", timeout=60).ok


def _forms(secret: str) -> Iterator[bytes]:
    """The secret as it is, its telling part, and in base64, wherever in its text it may begin."""
    telling = secret.rpartition("_")[2] if secret.startswith("sl_") else secret.rpartition(".")[2]
    for text in {secret, telling}:
        if len(text) >= _SHORTEST:
            yield text.encode()
            yield base64.b64encode(text.encode()).rstrip(b"=")[:-1]


def test_a_used_house_keeps_no_secret_in_any_file_or_log(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running_sluice(data) as sluice:
        user = User(sluice)
        _use(user)
        # The files as they are while it runs, with the write-ahead log, and as they are left behind.
        running = _files(data)
        backup = tmp_path / "data" / "copy.db"
        _back_up(backup, data)
    logged = "".join(sluice.stderr).encode()
    assert {"sluice.db", "sluice.db-wal", "session.secret"} <= running.keys()
    kept = {**{f"running {name}": content for name, content in running.items()}, **_files(data), "log": logged}
    assert len(set(user.secrets)) > 15
    found = {
        (name, secret[:6])
        for secret in user.secrets
        for form in _forms(secret)
        for name, content in kept.items()
        if form in content
    }
    assert found == set()


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _back_up(copy: Path, data: Path) -> None:
    line = [str(Path(sys.executable).parent / "sluice"), "backup", str(copy), "--data", str(data)]
    subprocess.run(line, cwd=ROOT, check=True, capture_output=True, env=environment())
