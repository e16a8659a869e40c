"""Thirty wrong credentials a minute for each address; a valid one is never held back."""

import asyncio
import time
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from addon.core.throttle import MOST_FAILURES
from addon.proxy import admission
from tests.proxy.houses import CHAT, House, house_with_fake

WRONG_KEY = "sl_aaaaaaaa_" + "A" * 43
WRONG_TOKEN = "eyJhbGciOiJub25lIn0.e30."
LIMITED = (429, "too_many_failures")


class Clock:
    """The gate's time, as the test sets it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        mine = SimpleNamespace(time=time.time, monotonic=lambda: self.now)
        monkeypatch.setattr(admission, "time", mine)  # the event loop keeps its own


async def fail(house: House, path: str = "/api/tags", **headers: str) -> tuple[int, str]:
    """Show a wrong key; what is said to that."""
    shown = {"X-API-Key": WRONG_KEY} | {name.replace("_", "-"): value for name, value in headers.items()}
    return said(await house.client.get(path, headers=shown))


def said(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.headers["x-sluice-reason"]


async def use_up(house: House, **headers: str) -> None:
    """Fail as often as is judged in a minute."""
    for _ in range(MOST_FAILURES):
        assert (await fail(house, **headers))[0] == 401


async def test_the_31st_failure_in_a_minute_is_told_when_to_come_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch)
    await use_up(house)
    clock.now += 45.5
    answer = await house.client.get("/v1/models", headers={"X-API-Key": WRONG_KEY})
    assert said(answer) == LIMITED
    assert answer.headers["retry-after"] == "15"
    assert answer.json()["error"]["code"] == "too_many_failures"
    clock.now += 14.5
    assert await fail(house) == (401, "bad_credential")
    assert house.upstream.requests == []


async def test_every_kind_of_failed_credential_counts_wherever_it_stands(house: House) -> None:
    async def ask(path: str, headers: dict[str, str]) -> int:
        return (await house.client.get(path, headers=headers)).status_code

    shown: list[tuple[str, dict[str, str]]] = [
        ("/api/tags", {"X-API-Key": WRONG_KEY}),
        ("/api/tags", {"Authorization": "Bearer ollama"}),
        ("/api/tags", {"Authorization": f"Bearer {WRONG_TOKEN}"}),
        ("/api/tags", {"Authorization": "Basic eDp5"}),
        (f"/k/{WRONG_KEY}/api/tags", {}),
        ("/gate/queue", {"X-API-Key": WRONG_KEY}),
    ]
    for number in range(MOST_FAILURES):
        assert await ask(*shown[number % len(shown)]) == 401
    assert [await ask(*one) for one in shown] == [429] * len(shown)


async def test_a_valid_credential_is_never_held_back(house: House) -> None:
    key, ann = await house.key(), await house.sign_in("ann")
    await use_up(house)
    assert await fail(house) == LIMITED
    assert (await house.chat(key)).status_code == 200
    assert (await house.client.get("/api/tags", headers=ann.cookie)).status_code == 200
    token = {"Authorization": f"Bearer {ann.token}"}
    assert (await house.client.get("/api/tags", headers=token)).status_code == 200
    await house.allow()
    assert (await house.client.post("/api/chat", json=CHAT)).status_code == 200
    assert await fail(house) == LIMITED


async def test_showing_nothing_or_an_ended_session_is_no_guess(house: House) -> None:
    for _ in range(MOST_FAILURES + 1):
        assert said(await house.client.get("/api/tags")) == (401, "no_credential")
        cookie = {"Cookie": f"sluice={WRONG_TOKEN}"}
        assert said(await house.client.get("/api/tags", headers=cookie)) == (401, "session_ended")
    assert await fail(house) == (401, "bad_credential")


async def test_a_request_that_is_refused_for_something_else_is_no_guess(house: House) -> None:
    key = await house.key()
    for _ in range(MOST_FAILURES + 1):
        answer = await house.client.post("/api/pull", json={}, headers={"X-API-Key": key})
        assert said(answer) == (403, "scope_missing")
        assert (await fail(house, "/nothing"))[0] == 404
    assert await fail(house) == (401, "bad_credential")


async def test_addresses_are_counted_apart_and_unknown_ones_together(tmp_path: Path) -> None:
    async with house_with_fake(tmp_path / "data", SLUICE_GATE__TRUSTED_PROXIES="127.0.0.1") as house:
        await use_up(house, X_Forwarded_For="203.0.113.1")
        assert await fail(house, X_Forwarded_For="203.0.113.1") == LIMITED
        assert (await fail(house, X_Forwarded_For="203.0.113.2"))[0] == 401
        await use_up(house, X_Forwarded_For="2001:db8:1:2::1")
        assert await fail(house, X_Forwarded_For="2001:db8:1:2:ffff::9") == LIMITED
        assert (await fail(house, X_Forwarded_For="2001:db8:1:3::1"))[0] == 401
        await use_up(house)
        assert await fail(house, X_Forwarded_For="junk") == LIMITED, "unknown by another way"


async def test_a_forwarding_header_buys_no_further_guesses(house: House) -> None:
    for number in range(MOST_FAILURES):
        assert (await fail(house, X_Forwarded_For=f"203.0.113.{number}"))[0] == 401
    assert await fail(house, X_Forwarded_For="203.0.113.99") == LIMITED
    assert await fail(house, CF_Connecting_IP="203.0.113.99") == LIMITED


async def test_many_at_once_are_counted_as_exactly(house: House) -> None:
    answers = await asyncio.gather(*(fail(house) for _ in range(MOST_FAILURES + 10)))
    assert sorted(status for status, _ in answers) == [401] * MOST_FAILURES + [429] * 10


async def test_ollamas_own_client_hears_429_as_everybody_does(house: House) -> None:
    await use_up(house)
    assert await fail(house, User_Agent="ollama/0.17.1 (amd64 linux) Go/go1.27") == LIMITED
