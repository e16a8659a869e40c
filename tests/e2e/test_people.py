"""People, keys and addresses from the terminal: what is changed there is in force at the gate within a second."""

import itertools
import json
import subprocess
import time
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from tests.e2e.processes import Sluice, running_sluice

pytestmark = pytest.mark.slow

PASSWORD = "correct horse battery staple"
_AT_ONCE_S = 1.0
_ADDRESSES = itertools.count()


@dataclass(frozen=True)
class Place:
    """A running Sluice and its administrator's token, with which tests prepare things faster than by commands."""

    sluice: Sluice
    token: str

    def command(self, *arguments: str) -> str:
        """Run the command line as its user would."""
        return self.sluice.command(*arguments)

    def made(self, what: str, **fields: object) -> Any:
        """Make a key or an invite over the web."""
        return _post(self.sluice, f"/api/admin/{what}", fields, self.way).json()

    def users(self) -> Any:
        """The accounts."""
        return requests.get(f"{self.sluice.url}/api/admin/users", headers=self.way, timeout=5).json()

    @property
    def way(self) -> dict[str, str]:
        """How the administrator asks."""
        return {"Authorization": f"Bearer {self.token}"}


@dataclass(frozen=True)
class Person:
    """Somebody signed in, with the three ways in that they have."""

    name: str
    ways: Mapping[str, Mapping[str, str]]
    """The headers that show each: `token`, `cookie` and `key`."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Generator[Place]:
    """A gate with an administrator; nothing stands behind it, for nothing is asked of Ollama."""
    with running_sluice(tmp_path_factory.mktemp("people") / "data") as sluice:
        invite = json.loads(sluice.command("invite", "add", "--admin", "--json"))
        yield Place(sluice, _register(sluice, "root", invite["token"]).json()["access_token"])


def test_a_disabled_person_is_refused_every_way_and_enabled_only_their_key_counts(place: Place) -> None:
    ann = _join(place, "ann")
    place.command("user", "disable", "ann")
    for way in ann.ways:
        _becomes(place, ann.ways[way], 401)
    _sign_in(place, "ann", 401)
    place.command("user", "enable", "ann")
    _becomes(place, ann.ways["key"], 200)
    assert [_me(place, ann.ways[way]).status_code for way in ("token", "cookie")] == [401, 401]
    _sign_in(place, "ann", 200)


@pytest.mark.parametrize("deed", ["sign-out", "promote"])
def test_whoever_is_signed_out_or_gets_another_role_has_to_sign_in_again(place: Place, deed: str) -> None:
    bob = _join(place, f"bob-{deed}")
    place.command("user", deed, bob.name)
    for way in ("token", "cookie"):
        assert _becomes(place, bob.ways[way], 401).headers["X-Sluice-Reason"] == "session_ended"
    assert _me(place, bob.ways["key"]).status_code == 200


def test_a_deleted_person_is_gone_with_their_key(place: Place) -> None:
    eve = _join(place, "eve")
    place.command("user", "delete", "eve", "--yes")
    for way in eve.ways:
        _becomes(place, eve.ways[way], 401)
    assert "eve" not in place.command("user", "list")


def test_what_a_person_may_do_changes_while_they_are_signed_in(place: Place) -> None:
    kim = _join(place, "kim")
    before = {way: _me(place, kim.ways[way]).json()["priority"] for way in kim.ways}
    assert before == {"token": 3, "cookie": 3, "key": 2}
    place.command("user", "change", "kim", "--priority", "8", "--max-waiting", "2")
    for way in kim.ways:
        _becomes(place, kim.ways[way], 200, priority=8)


def test_the_last_administrator_stays(place: Place) -> None:
    for user in place.users():
        if user["is_admin"] and user["name"] != "root":
            place.command("user", "demote", user["name"])
    with pytest.raises(subprocess.CalledProcessError) as failed:
        place.command("user", "disable", "root")
    assert failed.value.returncode == 1
    assert _me(place, place.way).status_code == 200


def test_a_link_to_choose_a_new_password_is_printed(place: Place) -> None:
    made = json.loads(place.command("user", "reset-password", "root", "--json"))
    assert made["link"].endswith(f"/reset#{made['token']}")


def test_a_revoked_key_is_refused_at_once(place: Place) -> None:
    key = _shown(place.made("keys", name="revoked"))
    _becomes(place, key, 200)
    place.command("key", "revoke", "revoked")
    assert _becomes(place, key, 401).headers["X-Sluice-Reason"] == "key_revoked"


def test_a_rotated_key_counts_twice_until_the_overlap_ends(place: Place) -> None:
    old = _shown(json.loads(place.command("key", "add", "rotated", "--json")))
    new = _shown(json.loads(place.command("key", "rotate", "rotated", "--json")))
    _becomes(place, new, 200)
    assert _me(place, old).status_code == 200
    newest = _shown(json.loads(place.command("key", "rotate", "rotated", "--overlap", "0", "--json")))
    _becomes(place, newest, 200)
    assert [_me(place, key).status_code for key in (old, new)] == [401, 401]


def test_an_address_is_let_in_while_its_rule_is_on(place: Place) -> None:
    assert _me(place, {}).status_code == 401
    place.command("ip", "add", "127.0.0.1", "--name", "here", "--max-waiting", "5")
    assert _becomes(place, {}, 200).json()["principal"] == "here"
    place.command("ip", "disable", "127.0.0.1")
    _becomes(place, {}, 401)
    place.command("ip", "enable", "127.0.0.1")
    _becomes(place, {}, 200)
    place.command("ip", "remove", "127.0.0.1")
    _becomes(place, {}, 401)


def test_the_audit_log_has_who_did_all_that(place: Place) -> None:
    place.command("key", "add", "audited", "--note", "for the log")
    place.command("key", "revoke", "audited")
    deeds: Any = json.loads(place.command("audit", "--subject", "audited", "--since", "1h", "--json"))
    assert [(deed["action"], deed["actor_id"]) for deed in deeds] == [
        (action, "terminal") for action in ("key.revoke", "key.add")
    ]


def _post(
    sluice: Sluice, path: str, body: object, headers: Mapping[str, str], expected: int = 201
) -> requests.Response:
    answer = requests.post(f"{sluice.url}{path}", json=body, headers=dict(headers), timeout=30)
    assert answer.status_code == expected, answer.text
    return answer


def _register(sluice: Sluice, name: str, token: str) -> requests.Response:
    body = {"username": name, "password": PASSWORD, "token": token}
    return _post(sluice, "/api/auth/register", body, {})


def _sign_in(place: Place, name: str, expected: int) -> None:
    _post(place.sluice, "/api/auth/login", {"username": name, "password": PASSWORD}, {}, expected)


def _join(place: Place, name: str) -> Person:
    """Register with an invite, and get a key; all three ways are tried."""
    answer = _register(place.sluice, name, place.made("tokens")["token"])
    (user_id,) = (user["id"] for user in place.users() if user["name"] == name)
    key = place.made("keys", name=f"key-of-{name}", user_id=user_id)
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in answer.cookies)
    token = answer.json()["access_token"]
    ways = {"token": {"Authorization": f"Bearer {token}"}, "cookie": {"Cookie": cookies}, "key": _shown(key)}
    for way in ways.values():
        _becomes(place, way, 200)
    return Person(name, ways)


def _shown(key: Mapping[str, str]) -> dict[str, str]:
    return {"X-API-Key": key["key"]}


class _From(HTTPAdapter):
    """Asks from one address of this machine."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options, source_address=(self._address, 0))


def _me(place: Place, headers: Mapping[str, str]) -> requests.Response:
    """Whoever shows something comes from an address of their own: what is not in force yet counts as a guess, and
    30 guesses a minute from one address are held back."""
    with requests.Session() as session:
        if headers:
            session.mount("http://", _From(f"127.1.{next(_ADDRESSES) % 256}.1"))
        return session.get(f"{place.sluice.url}/gate/me", headers=dict(headers), timeout=5)


def _becomes(
    place: Place, headers: Mapping[str, str], status: int, *, priority: int | None = None
) -> requests.Response:
    """The gate's answer, which must be this one within a second from now."""
    deadline = time.monotonic() + _AT_ONCE_S
    while True:
        answer = _me(place, headers)
        if answer.status_code == status and (priority is None or answer.json()["priority"] == priority):
            return answer
        assert time.monotonic() < deadline, f"after {_AT_ONCE_S} s still {answer.status_code} {answer.text}"
        time.sleep(0.02)
