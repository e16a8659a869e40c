"""The refusals clients may rely on, as one table over real sockets: what is said, how, and that nothing passes."""

import json
import time
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from addon.core.principal import Scope
from addon.store.keys import revoke_key
from tests.changing import changing_rules
from tests.proxy.houses import CHAT, CHAT_BYTES, House, chat_request, house_with_fake
from tests.proxy.wire import request

UUID = "11111111-2222-3333-4444-555555555555"
KEY = "KEY"
"""Stands for a good key in the tables below."""


@pytest.fixture
async def small(tmp_path: Path) -> AsyncGenerator[House]:
    """A gate that takes bodies of up to 1024 bytes."""
    async with house_with_fake(tmp_path / "data", SLUICE_LIMITS__BODY_BYTES="1024") as running:
        yield running


def _chat(*headers: str, body: bytes = CHAT_BYTES, path: str = "/api/chat", method: str = "POST") -> bytes:
    return request(method, path, body, "Content-Type: application/json", *headers)


def _keyed(*headers: str, body: bytes = CHAT_BYTES, path: str = "/api/chat", method: str = "POST") -> bytes:
    return _chat(f"X-API-Key: {KEY}", *headers, body=body, path=path, method=method)


def _raw(head: str, body: bytes = b"") -> bytes:
    return head.replace("\n", "\r\n").encode("latin-1") + b"\r\n\r\n" + body


FORGED_KEY = "sl_aaaaaaaa_" + "A" * 43
LONE_GET = f"X-API-Key: {KEY}"

REFUSALS: dict[str, tuple[int, str, bytes]] = {
    # 400
    "http/2.0 in the request line": (400, "malformed", _keyed().replace(b"HTTP/1.1", b"HTTP/2.0")),
    "http/1.2": (400, "malformed", _keyed().replace(b"HTTP/1.1", b"HTTP/1.2")),
    "absolute-form target": (400, "malformed", _keyed(path="http://127.0.0.1/api/chat")),
    "absolute-form target elsewhere": (400, "malformed", _keyed(path="http://169.254.169.254/api/chat")),
    "no host": (400, "malformed", _raw(f"GET /api/tags HTTP/1.1\n{LONE_GET}")),
    "two hosts": (400, "malformed", _raw(f"GET /api/tags HTTP/1.1\nHost: localhost\nHost: localhost\n{LONE_GET}")),
    "odd transfer encoding": (400, "malformed", _raw(f"POST /api/chat HTTP/1.1\nHost: localhost\n{LONE_GET}"
        "\nTransfer-Encoding: gzip, chunked", b"0\r\n\r\n")),
    "two hosts that differ": (400, "malformed",
        _raw(f"GET /api/tags HTTP/1.1\nHost: localhost\nHost: evil.example\n{LONE_GET}")),
    "two authorization lines": (400, "malformed",
        _chat(f"Authorization: Bearer {KEY}", f"Authorization: Bearer {KEY}")),
    "two content types": (400, "malformed", _keyed("Content-Type: text/plain")),
    "upgrade to http/2": (400, "malformed", _keyed("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c",
        "HTTP2-Settings: AAMAAABkAAQAAP__")),
    "settings of http/2": (400, "malformed", _keyed("HTTP2-Settings: AAMAAABkAAQAAP__")),
    "upgrade to a websocket": (400, "malformed", request("GET", "/api/tags", None, LONE_GET, "Connection: Upgrade",
        "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")),
    "upgrade of a page": (400, "malformed", request("GET", "/chat", None, "Upgrade: websocket")),
    "chunks twice": (400, "malformed", _raw(f"POST /api/chat HTTP/1.1\nHost: localhost\n{LONE_GET}"
        "\nTransfer-Encoding: chunked\nTransfer-Encoding: chunked", b"0\r\n\r\n")),
    "two different credentials": (400, "conflicting_credentials", _keyed("Authorization: Bearer other")),
    "two different keys": (400, "conflicting_credentials", _keyed(f"X-API-Key: {FORGED_KEY}")),
    "not json": (400, "body_not_json", _keyed(body=b"hello")),
    "no object": (400, "body_not_json", _keyed(body=b"[]")),
    "empty body": (400, "body_not_json", _keyed(body=b"")),
    "model twice": (400, "body_not_json", _keyed(body=b'{"model":"a","model":"b"}')),
    "model misspelt": (400, "body_not_json", _keyed(body=b'{"model":"a","Model":"b"}')),
    "no model": (400, "model_missing", _keyed(body=b"{}")),
    "priority beyond 9": (400, "bad_priority", _keyed("X-Priority: 10")),
    "priority below 0": (400, "bad_priority", _keyed("X-Priority: -1")),
    "priority in words": (400, "bad_priority", _keyed("X-Priority: high")),
    "priority in other digits": (400, "bad_priority", _keyed("X-Priority: \u00b2")),
    "ticket that is no uuid": (400, "bad_ticket_name", _keyed("X-Queue-Ticket: mine")),
    # 401
    "no credential": (401, "no_credential", _chat()),
    "no credential for metadata": (401, "no_credential", request("GET", "/api/tags")),
    "no credential for the root": (401, "no_credential", request("GET", "/")),
    "unknown key": (401, "bad_credential", _chat(f"X-API-Key: {FORGED_KEY}")),
    "foreign bearer": (401, "bad_credential", _chat("Authorization: Bearer ollama")),
    "foreign token": (401, "session_ended", _chat("Authorization: Bearer eyJhbGciOiJub25lIn0.e30.")),
    "cookie of nobody": (401, "session_ended", _chat("Cookie: sluice=eyJ.e30.x")),
    "key in the query": (401, "no_credential", _chat(path=f"/api/chat?key={KEY}")),
    "key under a folded name": (401, "no_credential", _chat(f"X-API_Key: {KEY}")),
    # 403
    "manage without the scope": (403, "scope_missing", _keyed(path="/api/pull")),
    "delete without the scope": (403, "scope_missing", _keyed(path="/api/delete", method="DELETE")),
    "blob without the scope": (403, "scope_missing", _keyed(path="/api/blobs/sha256:" + "0" * 64)),
    "owner's account": (403, "route_disabled", _keyed(path="/api/signout")),
    "owner's web search": (403, "route_disabled", _keyed(path="/api/experimental/web_search")),
    "controls without admin": (403, "scope_missing", _keyed(path="/gate/pause")),
    # 404, 405
    "unknown path": (404, "unknown_path", _keyed(path="/api/unknown")),
    "escaped path": (404, "unknown_path", _keyed(path="/api/%63hat")),
    "doubled slash": (404, "unknown_path", _keyed(path="//api/chat")),
    "dot segment": (404, "unknown_path", _keyed(path="/api/../api/chat")),
    "trailing slash": (404, "unknown_path", _keyed(path="/api/chat/")),
    "admin panel under an ollama prefix": (404, "unknown_path", _keyed(path="/api/code/api/admin/keys")),
    "unknown live path": (404, "unknown_path", request("GET", "/gate/nothing", None, LONE_GET)),
    "unknown ticket": (404, "unknown_ticket", request("GET", f"/gate/tickets/{UUID}", None, LONE_GET)),
    "asterisk": (404, "unknown_path", _raw(f"OPTIONS * HTTP/1.1\nHost: localhost\n{LONE_GET}")),
    "wrong method": (405, "wrong_method", request("GET", "/api/chat", None, LONE_GET)),
    "lower-case method": (405, "wrong_method", _keyed(method="post")),
    "wrong method for live": (405, "wrong_method", request("POST", "/gate/queue", b"", LONE_GET)),
    # 413 to 421
    "too large": (413, "body_too_large", _keyed(body=CHAT_BYTES + b" " * 1024)),
    "said to be too large": (413, "body_too_large", _raw(f"POST /api/chat HTTP/1.1\nHost: localhost\n{LONE_GET}"
        "\nExpect: 100-continue\nTransfer-Encoding: chunked", b"800\r\n" + b"x" * 0x800 + b"\r\n0\r\n\r\n")),
    "compressed": (415, "encoded_body", _keyed("Content-Encoding: gzip")),
    "two expectations": (417, "bad_expect", _keyed("Expect: 100-continue", "Expect: 100-continue")),
    "odd expectation": (417, "bad_expect", _keyed("Expect: 100-continue, x")),
    "another odd expectation": (417, "bad_expect", _keyed("Expect: y 100-continue")),
    "another server's port in the host": (421, "foreign_host", _keyed().replace(b"127.0.0.1", b"127.0.0.1:x")),
    "empty host": (421, "foreign_host", _keyed().replace(b"Host: 127.0.0.1", b"Host:")),
    "two hosts in one": (421, "foreign_host", _keyed().replace(b"127.0.0.1", b"127.0.0.1, evil.example")),
    "foreign host for a page": (421, "foreign_host", request("GET", "/login", None, host="evil.example")),
    "foreign host for a preflight": (421, "foreign_host", request("OPTIONS", "/api/chat", None, "Origin: app://a",
        "Access-Control-Request-Method: POST", host="evil.example")),
    "foreign host": (421, "foreign_host", _keyed().replace(b"Host: 127.0.0.1", b"Host: evil.example")),
    "host with user": (421, "foreign_host", _keyed().replace(b"Host: 127.0.0.1", b"Host: a@localhost")),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSALS)
async def test_the_refusal_is_the_contracts_and_nothing_reaches_the_upstream(small: House, case: str) -> None:
    status, reason, data = REFUSALS[case]
    key = await small.key()
    async with small.wire() as wire:
        answer = await wire.ask(data.replace(KEY.encode(), key.encode()))
        if answer.status == 100:
            answer = await wire.ask(b"")
    assert (answer.status, answer.reason) == (status, reason)
    assert answer.header("content-type") == "application/json"
    assert b"\n" not in answer.body
    assert answer.text.endswith(".")
    assert key not in answer.text
    assert small.upstream.requests == []
    assert small.gate.is_idle


MALFORMED = {
    "two lengths": "POST /api/chat HTTP/1.1\nHost: localhost\nContent-Length: 2\nContent-Length: 2",
    "length and chunks": "POST /api/chat HTTP/1.1\nHost: localhost\nContent-Length: 2\nTransfer-Encoding: chunked",
    "space before the colon": "GET /api/tags HTTP/1.1\nHost : localhost",
    "connect": "CONNECT evil.example:443 HTTP/1.1\nHost: localhost",
    "four words": "GET /api/tags x HTTP/1.1\nHost: localhost",
    "no http": "hello there",
}


@pytest.mark.parametrize("case", MALFORMED)
async def test_what_mitmproxy_refuses_by_itself_is_json_as_well(house: House, case: str) -> None:
    async with house.wire() as wire:
        answer = await wire.ask(_raw(MALFORMED[case]))
        assert (answer.status, answer.reason) == (400, "malformed")
        assert answer.header("content-type") == "application/json"
        assert answer.header("connection") == "close"
        assert await wire.closes() == b""
    assert house.upstream.requests == []


async def test_a_revoked_an_expired_and_an_unlisted_credential_are_told_apart(house: House) -> None:
    revoked = await house.key("revoked")
    expired = await house.key("expired", expires_at=time.time() - 1)
    with changing_rules(house.engine) as session:
        revoke_key(session, "revoked", time.time())
    await house.allow("192.0.2.0/24")
    for key, reason in ((revoked, "key_revoked"), (expired, "key_expired")):
        answer = await house.chat(key)
        assert (answer.status_code, answer.headers["x-sluice-reason"]) == (401, reason)
        assert key not in answer.text
    answer = await house.client.post("/api/chat", json=CHAT)
    assert (answer.status_code, answer.headers["x-sluice-reason"]) == (401, "no_credential")
    assert house.upstream.requests == []


async def test_models_beyond_the_keys_list_are_refused_whatever_their_spelling(house: House) -> None:
    key = await house.key(models=("gemma3:270m",))
    for model in ("llama3", "gemma3:1b", "gemma3"):
        answer = await house.client.post("/api/chat", json=CHAT | {"model": model}, headers={"X-API-Key": key})
        assert (answer.status_code, answer.headers["x-sluice-reason"]) == (403, "model_not_allowed")
    assert house.upstream.requests == []
    assert (await house.chat(key)).status_code == 200


async def test_a_ticket_name_in_use_is_refused_and_its_holder_is_not_harmed(house: House) -> None:
    mine, theirs = await house.key("mine"), await house.key("theirs")
    busy = await house.occupy(mine)
    waiting = house.chatting(mine, **{"X-Queue-Ticket": UUID.upper()})
    await house.until_waiting(1)
    for key in (mine, theirs):
        async with house.wire() as wire:
            answer = await wire.ask(chat_request(key, f"X-Queue-Ticket: {UUID}"))
            assert (answer.status, answer.reason) == (409, "ticket_taken")
    house.upstream.engine.release()
    assert [(await task).status_code for task in (busy, waiting)] == [200, 200]
    await house.until_idle()
    # Ended, the name is its principal's to use again, and nobody else's.
    assert (await house.chat(theirs, **{"X-Queue-Ticket": UUID})).status_code == 409
    again = await house.chat(mine, **{"X-Queue-Ticket": UUID})
    assert (again.status_code, again.headers["x-queue-ticket"]) == (200, UUID)


async def test_ones_own_limit_and_a_full_queue_say_when_to_come_back(tmp_path: Path) -> None:
    async with house_with_fake(tmp_path / "data", SLUICE_QUEUE__MAX_WAITING="2") as house:
        modest, other = await house.key("modest", max_waiting=1), await house.key("other")
        busy = await house.occupy(modest)
        waiting = [house.chatting(modest)]
        await house.until_waiting(1)
        limited = await house.chat(modest)
        assert (limited.status_code, limited.headers["x-sluice-reason"]) == (429, "own_limit")
        waiting.append(house.chatting(other))
        await house.until_waiting(2)
        full = await house.chat(other)
        assert (full.status_code, full.headers["x-sluice-reason"]) == (503, "queue_full")
        assert all(1 <= int(answer.headers["retry-after"]) <= 60 for answer in (limited, full))
        house.upstream.engine.release()
        for task in (busy, *waiting):
            assert (await task).status_code == 200


async def test_a_priority_may_be_lowered_and_never_raised(house: House) -> None:
    key = await house.key(priority=4)
    assert (await house.chat(key, **{"X-Priority": "7"})).headers["x-queue-base"] == "7"
    assert (await house.chat(key, **{"X-Priority": "0"})).headers["x-queue-base"] == "4"


async def test_a_prefix_is_stripped_from_ollamas_routes(house: House) -> None:
    key = {"X-API-Key": await house.key()}
    assert (await house.client.post("/api/code/api/chat", json=CHAT, headers=key)).status_code == 200
    assert (await house.client.get("/api/code/v1/models?x=1", headers=key)).status_code == 200
    assert [seen.target for seen in house.upstream.requests] == ["/api/chat", "/v1/models?x=1"]


async def test_scopes_open_what_they_name(house: House) -> None:
    reader = {"X-API-Key": await house.key("reader", scopes=frozenset({Scope.READ}))}
    assert (await house.client.get("/api/tags", headers=reader)).status_code == 200
    answer = await house.client.post("/api/chat", json=CHAT, headers=reader)
    assert (answer.status_code, answer.headers["x-sluice-reason"]) == (403, "scope_missing")


async def test_a_refused_head_request_leaves_nothing_for_the_next_answer(house: House) -> None:
    key = await house.key()
    async with house.wire() as wire:
        refused = await wire.ask(request("HEAD", "/api/version"))
        assert (refused.status, refused.body) == (401, b"")
        assert int(refused.header("content-length") or 0) > 0
        assert (await wire.ask(request("HEAD", "/gate/health"))).status == 200
        version = await wire.ask(request("GET", "/api/version", None, f"X-API-Key: {key}"))
        assert json.loads(version.body)["version"]


async def test_anonymous_reading_is_off_until_it_is_switched_on(tmp_path: Path) -> None:
    async with house_with_fake(tmp_path / "data", SLUICE_GATE__ANONYMOUS_READ="true") as house:
        for path in ("/", "/api/version", "/api/tags"):
            assert (await house.client.get(path)).status_code == 200
        assert (await house.client.post("/api/show", json={"model": "gemma3:270m"})).status_code == 200
        assert (await house.client.get("/api/ps")).status_code == 401
        assert (await house.client.post("/api/chat", json=CHAT)).status_code == 401
        wrong = await house.client.get("/api/tags", headers={"X-API-Key": FORGED_KEY})
        assert wrong.status_code == 401
