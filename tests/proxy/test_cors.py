"""Pages of allowed origins hear every answer of Ollama's routes; pages of others hear none."""

import gc
import weakref
from pathlib import Path

import pytest
from mitmproxy import http

from addon.demo.http1 import Exchange
from addon.proxy.cors import answer_headers, let_page_read, note_origin
from tests.proxy.houses import House, chat_request, house_with_fake
from tests.proxy.wire import Answer, request

APP = "app://obsidian.md"
EVIL = "https://evil.example"
PAGE = f"Origin: {APP}"
CROSS = (PAGE, "Sec-Fetch-Site: cross-site")
ALLOW, EXPOSE = "access-control-allow-origin", "access-control-expose-headers"


def preflight(path: str, *headers: str, origin: str = APP, method: str = "POST", host: str = "127.0.0.1") -> bytes:
    """What a browser asks before a page may ask."""
    asked = ("Access-Control-Request-Headers: content-type,x-api-key", f"Access-Control-Request-Method: {method}")
    return request("OPTIONS", path, None, f"Origin: {origin}", *asked, *headers, host=host)


def is_for_page(answer: Answer, origin: str = APP) -> bool:
    """Whether a page of this origin may read the answer."""
    assert answer.header("access-control-allow-credentials") is None
    named = [value for name, value in answer.headers if name == ALLOW]
    assert named in ([], [origin])
    assert (answer.header(EXPOSE) is not None) == bool(named)
    assert ("Origin" in (answer.header("vary") or "")) == bool(named)
    return bool(named)


async def ask(house: House, data: bytes) -> Answer:
    async with house.wire() as wire:
        return await wire.ask(data)


OLLAMA_PATHS = ["/api/chat", "/api/code/api/chat", "/v1/chat/completions", "/api/show", "/api/pull",
                "/k/sl_aaaaaaaa_x/api/chat", "/api/chat?x=1"]  # fmt: skip


@pytest.mark.parametrize("path", OLLAMA_PATHS)
async def test_a_preflight_is_answered_without_any_credential(house: House, path: str) -> None:
    answer = await ask(house, preflight(path))
    assert (answer.status, answer.body) == (204, b"")
    assert is_for_page(answer)
    assert answer.header("access-control-allow-methods") == "GET, HEAD, POST, DELETE"
    allowed = (answer.header("access-control-allow-headers") or "").lower().split(", ")
    assert {"authorization", "x-api-key", "content-type", "x-queue-ticket", "x-priority"} <= set(allowed)
    assert answer.header("access-control-max-age") == "7200"
    assert answer.header("access-control-allow-private-network") is None
    assert answer.header("content-length") is None
    assert house.upstream.requests == []


async def test_behind_a_preflight_the_connection_lives_on(house: House) -> None:
    key = await house.key()
    async with house.wire() as wire:
        assert (await wire.ask(preflight("/api/chat"))).status == 204
        answer = await wire.ask(chat_request(key, *CROSS))
    assert answer.status == 200
    assert is_for_page(answer)


async def test_headers_that_an_sdk_adds_are_allowed_by_their_form_only(house: House) -> None:
    more = "Access-Control-Request-Headers: X-Stainless-Lang, x-stainless-, x-evil, x-stainless-a b"
    allowed = (await ask(house, preflight("/api/chat", more))).header("access-control-allow-headers") or ""
    assert allowed.endswith(", x-stainless-lang")
    assert "evil" not in allowed


async def test_a_page_may_ask_a_machine_of_the_private_network(house: House) -> None:
    answer = await ask(house, preflight("/api/chat", "Access-Control-Request-Private-Network: true"))
    assert answer.header("access-control-allow-private-network") == "true"


@pytest.mark.parametrize("origin", [EVIL, "null", "http://127.0.0.1:8000", "http://localhost", "tauri:localhost"])
@pytest.mark.parametrize("path", ["/api/chat", "/api/tags"])
async def test_a_preflight_of_another_origin_is_refused(house: House, path: str, origin: str) -> None:
    method = "GET" if path == "/api/tags" else "POST"
    answer = await ask(house, preflight(path, origin=origin, method=method))
    assert (answer.status, answer.reason) == (403, "foreign_origin")
    assert not is_for_page(answer)


@pytest.mark.parametrize(
    "path",
    ["/gate/queue", "/gate/health", "/chat", "/admin", "/api/auth/login", "/api/admin/keys", "/static/app.css"],
)
async def test_our_own_routes_are_for_our_own_pages(house: House, path: str) -> None:
    answer = await ask(house, preflight(path, method="GET"))
    assert (answer.status, answer.reason) == (403, "foreign_origin")
    assert not is_for_page(await ask(house, request("GET", path, None, PAGE)))


@pytest.mark.parametrize(
    ("data", "status", "reason"),
    [
        (preflight("/api/nothing"), 404, "unknown_path"),
        (preflight("/api/chat", method="PATCH"), 405, "wrong_method"),
        (preflight("/api/%63hat"), 404, "unknown_path"),
        (preflight("/api/chat", "Content-Length: 3") + b"abc", 400, "malformed"),
        (preflight("/api/chat", "Content-Length: 100000000"), 400, "malformed"),
        (preflight("/api/chat", "Transfer-Encoding: chunked") + b"0\r\n\r\n", 400, "malformed"),
        (request("OPTIONS", "/api/chat", None, PAGE), 405, "wrong_method"),
        (request("OPTIONS", "/api/chat", None, "Access-Control-Request-Method: POST"), 405, "wrong_method"),
        (request("OPTIONS", "/api/chat"), 405, "wrong_method"),
    ],
)
async def test_an_odd_preflight_is_refused(house: House, data: bytes, status: int, reason: str) -> None:
    answer = await ask(house, data)
    assert (answer.status, answer.reason) == (status, reason)
    assert house.upstream.requests == []


async def test_an_answer_can_be_read_by_an_allowed_page_and_by_no_other(house: House) -> None:
    key = await house.key()
    answer = await ask(house, chat_request(key, *CROSS))
    assert answer.status == 200
    assert is_for_page(answer)
    exposed = set((answer.header(EXPOSE) or "").lower().split(", "))
    queue = {name for name, _ in answer.headers if name.startswith("x-queue-")}
    assert queue
    assert queue | {"x-sluice-reason", "retry-after"} <= exposed
    for headers in ((), (f"Origin: {EVIL}",), ("Origin: null",), (PAGE, PAGE)):
        answer = await ask(house, chat_request(key, *headers))
        assert answer.status == 200, "a key is nobody's by accident"
        assert not is_for_page(answer)


REFUSALS: dict[str, tuple[int, bytes]] = {
    "no credential": (401, chat_request(None, *CROSS)),
    "large body without credential": (401, request("POST", "/api/chat", b"x" * 100_000, *CROSS)),
    "body without end and without credential": (401, request("POST", "/api/chat", None, *CROSS,
        "Transfer-Encoding: chunked")),
    "wrong key in the path": (401, chat_request(None, *CROSS, path="/k/sl_x/api/chat")),
    "unknown path": (404, chat_request(None, *CROSS, path="/v1/nothing")),
    "wrong method": (405, request("GET", "/api/chat", None, *CROSS)),
    "conflict": (400, chat_request("a", "Authorization: Bearer b", *CROSS)),
    "odd expectation": (417, chat_request("a", "Expect: x", *CROSS)),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSALS)
async def test_a_refusal_can_be_read_too(house: House, case: str) -> None:
    status, data = REFUSALS[case]
    answer = await ask(house, data)
    assert answer.status == status
    assert is_for_page(answer)
    assert house.upstream.requests == []


async def test_a_failure_of_the_upstream_can_be_read_too(house: House) -> None:
    key = await house.key()
    await house.upstream.stop()
    answer = await ask(house, chat_request(key, *CROSS))
    assert (answer.status, answer.reason) == (502, "upstream_unreachable")
    assert is_for_page(answer)


async def test_a_stream_that_begins_early_can_be_read_too(quick: House) -> None:
    key = await quick.key()
    busy = await quick.occupy(key)
    async with quick.wire() as wire:
        await wire.send(chat_request(key, *CROSS))
        await quick.until_waiting(1)
        head = await wire.reader.readuntil(b"\r\n\r\n")
        assert f"Access-Control-Allow-Origin: {APP}".encode() in head
        assert b"Access-Control-Expose-Headers: " in head
        assert b"X-Queue-Wait-Ms:" not in head, "it has begun before its turn"
    quick.upstream.engine.release()
    assert (await busy).status_code == 200
    await quick.until_idle()


async def test_an_address_can_be_used_by_allowed_pages_on_ollamas_routes_only(house: House) -> None:
    await house.allow()
    answer = await ask(house, chat_request(None, *CROSS))
    assert (answer.status, answer.header("x-queue-class")) == (200, "direct_api")
    assert is_for_page(answer)
    for data in (
        request("GET", "/gate/queue", None, *CROSS),
        request("GET", "/gate/me", None, *CROSS),
        chat_request(None, f"Origin: {EVIL}"),
        chat_request(None, "Origin: null"),
        chat_request(None, "Sec-Fetch-Site: cross-site"),
        request("GET", "/api/tags", None, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors"),
        chat_request(None, PAGE, f"Origin: {EVIL}"),
    ):
        answer = await ask(house, data)
        assert (answer.status, answer.reason) == (403, "foreign_origin")
        assert not is_for_page(answer)


async def test_the_settings_say_which_origins_are_allowed(tmp_path: Path) -> None:
    listed = "https://app.example"
    async with house_with_fake(tmp_path / "data", SLUICE_GATE__ALLOWED_ORIGINS=listed) as house:
        answer = await ask(house, preflight("/api/chat", origin=listed))
        assert answer.status == 204
        assert is_for_page(answer, listed)
        assert (await ask(house, preflight("/api/chat"))).status == 403
    async with house_with_fake(tmp_path / "other", SLUICE_GATE__ALLOWED_ORIGINS="") as house:
        assert (await ask(house, preflight("/api/chat"))).status == 403


async def test_a_page_of_our_own_is_told_so(house: House) -> None:
    own = "https://127.0.0.1"  # the same host by another scheme, for which browsers ask as well
    answer = await ask(house, preflight("/api/chat", origin=own))
    assert answer.status == 204
    assert is_for_page(answer, own)


async def test_what_ollama_says_of_origins_is_replaced(house: House) -> None:
    key = await house.key()

    async def loose(exchange: Exchange) -> None:
        headers = [(b"Access-Control-Allow-Origin", b"*"), (b"Vary", b"Accept")]
        await exchange.respond(200, "application/json", b"{}", headers)

    house.upstream.route("GET", "/api/version", loose)
    answer = await ask(house, request("GET", "/api/version", None, PAGE, f"X-API-Key: {key}"))
    assert is_for_page(answer)
    assert answer.header("vary") == "Accept, Origin"
    answer = await ask(house, request("GET", "/api/version", None, f"Origin: {EVIL}", f"X-API-Key: {key}"))
    assert (answer.header(ALLOW), answer.header("vary")) == (None, "Accept")


def test_an_origin_is_kept_for_as_long_as_its_request() -> None:
    one = http.Request.make("GET", "http://x/", headers=http.Headers(Origin=APP))
    note_origin(one, "/api/tags", ("app://*",))
    let_page_read(one, response := http.Response.make())
    assert response.headers[ALLOW] == APP
    alive = weakref.ref(one)
    del one
    gc.collect()
    assert alive() is None


def test_a_request_that_never_came_has_no_page() -> None:
    assert answer_headers(None) == {}
