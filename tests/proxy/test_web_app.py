"""Forwarding to the web app: it knows the gate's requests from others, and its changes are in force at once."""

import json
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from addon.core.throttle import MOST_FAILURES
from addon.demo.http1 import Exchange, Request, Server
from addon.proxy import rules
from addon.proxy.web_app import WebApp
from addon.settings import Address
from addon.store.engine import make_engine
from addon.store.keys import NewKey, add_key
from tests.changing import changing_rules
from tests.fakes.ollama import fake_ollama
from tests.proxy.houses import House, house_with_fake, running_house
from tests.proxy.wire import request

SECRET = "secret-of-this-start"


class FakeWebApp:
    """Notes what it gets; a POST makes an API key, as the admin panel would."""

    def __init__(self, database: Path) -> None:
        self.requests: list[Request] = []
        self.made: list[str] = []
        self.server = Server(self._handle)
        self._database = database

    async def _handle(self, exchange: Exchange) -> None:
        self.requests.append(exchange.request)
        if exchange.request.method == "POST":
            with changing_rules(make_engine(f"sqlite:///{self._database}")) as session:
                self.made.append(add_key(session, NewKey(f"key{len(self.made)}"), time.time())[1])
        headers = [(b"Set-Cookie", b"a=b; HttpOnly"), (b"X-Sluice-Asker", b"user:7")]
        await exchange.respond(200, "text/html", b"<p>page</p>", headers)


@asynccontextmanager
async def _with_web_app(tmp_path: Path, **environ: str) -> AsyncGenerator[tuple[House, FakeWebApp]]:
    fake = FakeWebApp(tmp_path / "data" / "sluice.db")
    await fake.server.start("127.0.0.1", 0)
    web_app = WebApp(Address("127.0.0.1", fake.server.port), SECRET)
    try:
        async with (
            fake_ollama() as upstream,
            running_house(tmp_path / "data", upstream, web_app, **environ) as house,
        ):
            yield house, fake
    finally:
        await fake.server.close()


@pytest.fixture
async def both(tmp_path: Path) -> AsyncGenerator[tuple[House, FakeWebApp]]:
    """A gate with a web app behind it, which looks for changes only when it is told to."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rules, "WATCH_PERIOD_S", 3600)
        async with _with_web_app(tmp_path) as pair:
            yield pair


UI_PATHS = ["/setup", "/login", "/register", "/chat", "/account", "/admin", "/admin/keys", "/static/css/main.css",
            "/api/auth/login", "/api/admin/whitelist", "/api/admin/keys/3", "/favicon.ico"]  # fmt: skip


@pytest.mark.parametrize("path", UI_PATHS)
async def test_a_page_is_the_web_apps_without_any_credential(both: tuple[House, FakeWebApp], path: str) -> None:
    house, web_app = both
    answer = await house.client.get(path + "?next=%2Fchat")
    assert (answer.status_code, answer.text) == (200, "<p>page</p>")
    assert answer.headers["set-cookie"] == "a=b; HttpOnly"
    assert "content-security-policy" not in answer.headers, "the web app sets its own"
    assert [seen.target for seen in web_app.requests] == [path + "?next=%2Fchat"]
    assert house.upstream.requests == []


async def test_the_gate_vouches_for_the_address_and_forged_vouchers_are_replaced(
    both: tuple[House, FakeWebApp],
) -> None:
    house, web_app = both
    async with house.wire() as wire:
        forged = ("X-Sluice-Gate: forged", "X-SLUICE-GATE: again", "X-Sluice-Address: 10.0.0.1")
        answer = await wire.ask(request("GET", "/login", None, *forged, "Cookie: a=b", host="gate.local:8000"))
    assert answer.status == 200
    (seen,) = web_app.requests
    assert sorted(seen.headers) == [
        (b"cookie", b"a=b"),
        (b"host", b"gate.local:8000"),
        (b"x-sluice-address", b"127.0.0.1"),
        (b"x-sluice-gate", SECRET.encode()),
    ]


async def test_an_address_that_is_only_claimed_is_unknown(both: tuple[House, FakeWebApp]) -> None:
    house, web_app = both
    await house.client.get("/login", headers={"X-Forwarded-For": "10.0.0.1", "X-Forwarded-Proto": "https"})
    (seen,) = web_app.requests
    assert seen.header("x-sluice-address") == ""
    assert [name for name, _ in seen.headers if name.startswith(b"x-forwarded")] == []


async def test_a_trusted_proxy_may_say_the_address(tmp_path: Path) -> None:
    async with _with_web_app(tmp_path, SLUICE_GATE__TRUSTED_PROXIES="127.0.0.1") as (house, web_app):
        await house.client.get("/login", headers={"X-Forwarded-For": "10.9.9.9, 203.0.113.7"})
        assert web_app.requests[0].header("x-sluice-address") == "203.0.113.7"


async def test_what_a_page_changes_is_in_force_when_its_answer_arrives(both: tuple[House, FakeWebApp]) -> None:
    house, web_app = both
    for _ in range(3):
        assert (await house.client.post("/api/admin/keys", json={})).status_code == 200
        answer = await house.client.get("/api/tags", headers={"X-API-Key": web_app.made[-1]})
        assert answer.status_code == 200


async def test_a_browser_at_the_root_gets_the_page_and_everybody_else_ollamas_answer(
    both: tuple[House, FakeWebApp],
) -> None:
    house, web_app = both
    accept = "text/html,application/xhtml+xml,*/*;q=0.8"
    page = await house.client.get("/", headers={"Accept": accept})
    assert page.text == "<p>page</p>"
    assert [seen.target for seen in web_app.requests] == ["/"]
    key = await house.key()
    answer = await house.client.get("/", headers={"X-API-Key": key})
    assert answer.text == "Ollama is running"
    assert len(web_app.requests) == 1


async def test_a_body_beyond_the_limit_does_not_reach_the_web_app(tmp_path: Path) -> None:
    async with _with_web_app(tmp_path, SLUICE_LIMITS__BODY_BYTES="1024") as (house, web_app):
        answer = await house.client.post("/api/auth/login", content=b"x" * 1025)
        assert answer.status_code == 413
        assert web_app.requests == []


async def test_without_a_running_web_app_pages_are_503_and_the_api_goes_on(both: tuple[House, FakeWebApp]) -> None:
    house, web_app = both
    await web_app.server.close()
    for method, path in (("GET", "/chat"), ("POST", "/api/auth/login")):
        answer = await house.client.request(method, path)
        assert (answer.status_code, answer.headers["x-sluice-reason"]) == (503, "web_app_down")
        assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert (await house.chat(await house.key())).status_code == 200


async def test_a_gate_without_a_web_app_says_so(tmp_path: Path) -> None:
    async with house_with_fake(tmp_path / "data") as house:
        answer = await house.client.get("/chat")
        assert (answer.status_code, answer.headers["x-sluice-reason"]) == (503, "web_app_down")


async def test_pages_need_our_host_too(both: tuple[House, FakeWebApp]) -> None:
    house, web_app = both
    answer = await house.client.get("/login", headers={"Host": "evil.example"})
    assert answer.status_code == 421
    assert web_app.requests == []


def test_the_secret_does_not_show_when_a_web_app_is_printed() -> None:
    assert SECRET not in repr(WebApp(Address("127.0.0.1", 1), SECRET))


async def test_guesses_at_the_web_app_are_counted_by_the_gate(both: tuple[House, FakeWebApp]) -> None:
    house, web_app = both
    key = {"X-API-Key": await house.key()}
    wrong = {"X-API-Key": "sl_aaaaaaaa_" + "A" * 43}
    for _ in range(MOST_FAILURES):
        assert (await house.client.get("/api/admin/keys", headers=wrong)).status_code == 200, "it judges itself"
    answer = await house.client.get("/api/admin/keys", headers=wrong)
    assert (answer.status_code, answer.headers["x-sluice-reason"]) == (429, "too_many_failures")
    assert len(web_app.requests) == MOST_FAILURES
    assert (await house.client.get("/api/admin/keys", headers=key)).status_code == 200
    assert (await house.client.get("/login")).status_code == 200


NAMED = {"SLUICE_GATE__HOSTS__CHAT": "chat.example", "SLUICE_GATE__HOSTS__ADMIN": "admin.example"}


async def _status(house: House, path: str, host: str, method: str = "GET") -> int:
    async with house.wire() as wire:
        body = b"{}" if method == "POST" else None
        return (await wire.ask(request(method, path, body, "Accept: text/html", host=host))).status


async def test_the_names_of_the_gate_are_answered_to(tmp_path: Path) -> None:
    async with _with_web_app(tmp_path, **NAMED) as (house, web_app):
        for host in ("chat.example", "admin.example:8000", "127.0.0.1"):
            for path in ("/", "/login", "/setup", "/chat", "/account", "/api/auth/session", "/static/app.css"):
                assert await _status(house, path, host) == 200
        assert await _status(house, "/", "other.example") == 421
        assert {seen.header("host") for seen in web_app.requests} == {
            "chat.example",
            "admin.example:8000",
            "127.0.0.1",
        }


async def test_a_panel_with_its_own_name_is_nowhere_else(tmp_path: Path) -> None:
    async with _with_web_app(tmp_path, **NAMED) as (house, web_app):
        for method, path in (("GET", "/admin"), ("POST", "/admin/keys"), ("GET", "/api/admin/keys")):
            for host in ("chat.example", "127.0.0.1", "localhost", "gate.local"):
                assert await _status(house, path, host, method) == 404
            assert web_app.requests == []
            assert await _status(house, path, "Admin.example:8000", method) == 200
            web_app.requests.clear()


async def test_the_access_log_has_who_asked_and_nobody_else_is_told(both: tuple[House, FakeWebApp]) -> None:
    house, _ = both
    answer = await house.client.get("/admin")
    assert "x-sluice-asker" not in answer.headers
    await house.assembly.access.flush()
    line = json.loads((house.settings.data_dir / "access.log").read_text())
    assert (line["path"], line["principal"]) == ("/admin", "user:7")
