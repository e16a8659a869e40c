"""`/k/KEY/...`: how the `ollama` command line shows its key, and that the key goes no further than the door."""

import logging
from pathlib import Path

import ollama
import pytest
from mitmproxy import ctx, http

from addon.core.principal import Scope
from addon.store.keys import revoke_key
from tests.changing import changing_rules
from tests.proxy.houses import CHAT, CHAT_BYTES, MODEL, House, house_with_fake
from tests.proxy.wire import request

WRONG_KEY = "sl_aaaaaaaa_" + "A" * 43


@pytest.mark.parametrize(
    ("path", "upstream"),
    [
        ("/api/chat", "/api/chat"),
        ("/api/code/api/chat", "/api/chat"),
        ("/v1/chat/completions?x=1", "/v1/chat/completions?x=1"),
    ],
)
async def test_a_key_in_the_path_opens_ollamas_routes(house: House, path: str, upstream: str) -> None:
    key = await house.key(priority=4)
    answer = await house.client.post(f"/k/{key}{path}", json=CHAT)
    assert (answer.status_code, answer.headers["x-queue-class"]) == (200, "custom_app")
    assert answer.headers["x-queue-base"] == "4"
    assert [seen.target for seen in house.upstream.requests] == [upstream]


@pytest.mark.parametrize("base", ["", "/", "/api/code"])
async def test_the_official_client_keeps_the_key_of_its_base_url(house: House, base: str) -> None:
    key = await house.key()
    async with ollama.AsyncClient(host=f"http://127.0.0.1:{house.port}/k/{key}{base}") as client:
        stream = await client.chat(MODEL, CHAT["messages"], stream=True)
        assert [part.message.content async for part in stream] == ["One", " two", " three", ""]
        assert [model.model for model in (await client.list()).models] == [MODEL]
    assert [seen.target for seen in house.upstream.requests] == ["/api/chat", "/api/tags"]


@pytest.mark.parametrize("path", ["", "/", "/api/code/"])
async def test_below_the_key_the_root_is_ollamas_even_for_a_browser(house: House, path: str) -> None:
    key = await house.key()
    for accept in ("*/*", "text/html"):
        answer = await house.client.get(f"/k/{key}{path}", headers={"Accept": accept})
        assert (answer.status_code, answer.text) == (200, "Ollama is running")
    assert (await house.client.head(f"/k/{key}{path}")).status_code == 200


OTHER_PATHS = ["/chat", "/admin", "/login", "/api/admin/keys", "/api/auth/login", "/static/app.css", "/gate/queue",
               "/gate/health", "/nothing", "/api/%63hat", "//api/chat", "/k/x/api/chat", "/api/chat/"]  # fmt: skip


@pytest.mark.parametrize("path", OTHER_PATHS)
async def test_nothing_else_is_below_a_key(house: House, path: str) -> None:
    key = await house.admin_key()
    async with house.wire() as wire:
        answer = await wire.ask(request("GET", f"/k/{key}{path}"))
    assert (answer.status, answer.reason) == (404, "unknown_path")
    assert house.upstream.requests == []


@pytest.mark.parametrize("scope", [Scope.MANAGE, Scope.ADMIN])
async def test_a_mighty_key_is_refused_in_the_path_and_taken_in_a_header(house: House, scope: Scope) -> None:
    key = await house.key(scopes=frozenset({Scope.INFER, scope}))
    answer = await house.client.post(f"/k/{key}/api/chat", json=CHAT)
    assert (answer.status_code, answer.headers["x-sluice-reason"]) == (403, "key_in_path")
    assert scope.value in answer.json()["error"]
    # Shown in both places it still stands in the path.
    answer = await house.client.post(f"/k/{key}/api/chat", json=CHAT, headers={"X-API-Key": key})
    assert answer.status_code == 403
    assert house.upstream.requests == []
    assert (await house.chat(key)).status_code == 200


async def test_another_credential_beside_it_is_a_conflict_and_a_cookie_is_not(house: House) -> None:
    key, other, ann = await house.key("app"), await house.key("other"), await house.sign_in("ann")
    url = f"/k/{key}/api/chat"
    for headers in ({"X-API-Key": other}, {"Authorization": f"Bearer {ann.token}"}, {"X-API-Key": "sk-none"}):
        answer = await house.client.post(url, json=CHAT, headers=headers)
        assert (answer.status_code, answer.headers["x-sluice-reason"]) == (400, "conflicting_credentials")
    assert house.upstream.requests == []
    assert (await house.client.post(url, json=CHAT, headers={"X-API-Key": key})).status_code == 200
    answer = await house.client.post(url, json=CHAT, headers=ann.cookie)
    assert (answer.status_code, answer.headers["x-queue-class"]) == (200, "custom_app")


async def test_a_bad_key_in_the_path_is_refused_like_any_other_from_a_listed_address_too(house: House) -> None:
    revoked = await house.key("revoked")
    with changing_rules(house.engine) as session:
        revoke_key(session, "revoked", 0.0)
    await house.allow()
    for key, reason in ((WRONG_KEY, "bad_credential"), ("ollama", "bad_credential"), (revoked, "key_revoked")):
        answer = await house.client.post(f"/k/{key}/api/chat", json=CHAT)
        assert (answer.status_code, answer.headers["x-sluice-reason"]) == (401, reason)
        assert key not in answer.text
    ollama = {"User-Agent": "ollama/0.17.1 (amd64 linux) Go/go1.27"}
    assert (await house.client.post(f"/k/{WRONG_KEY}/api/chat", json=CHAT, headers=ollama)).status_code == 403
    assert house.upstream.requests == []


async def test_a_refusal_speaks_the_dialect_of_the_path_below_the_key(house: House) -> None:
    wrong = f"/k/{WRONG_KEY}"
    assert list((await house.client.post(f"{wrong}/api/chat")).json()) == ["error"]
    openai = (await house.client.post(f"{wrong}/api/code/v1/chat/completions")).json()["error"]
    assert openai["code"] == "bad_credential"
    assert (await house.client.post(f"{wrong}/v1/messages")).json()["type"] == "error"


async def test_the_key_goes_no_further_than_the_door(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    async with house_with_fake(tmp_path / "data") as house:
        watcher, answers = _Watcher(), list[bytes]()
        ctx.master.addons.add(watcher)
        key, other = await house.key(), await house.key("other")
        for data in _requests_that_show(key, other):
            async with house.wire() as wire:
                answers.append((await wire.ask(data)).body)
        await house.journal()
        seen = [seen.target for seen in house.upstream.requests]
    assert seen == ["/api/chat", "/v1/completions", "/api/chat?key=-"]
    assert len(watcher.flows) >= 20
    captured = capfd.readouterr()
    files = b"".join(path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file())
    for secret in (key[12:], other[12:]):
        assert secret not in caplog.text + captured.out + captured.err
        assert secret not in "".join(watcher.flows)
        assert secret.encode() not in b"".join(answers)
        assert secret.encode() not in files


def _requests_that_show(key: str, other: str) -> list[bytes]:
    below = ("/api/chat", "/v1/completions", "/nothing", "/admin", "/api/chat/", "")
    astray = (f"/api/chat?key={key}", f"/api/code/k/{key}/api/chat", f"/K/{key}/api/chat", f"/{key}")
    absolute = f"http://127.0.0.1/k/{key}/api/chat"
    return [
        *(request("POST", f"/k/{key}{path}", CHAT_BYTES) for path in below),
        *(request("POST", path, CHAT_BYTES) for path in (*astray, absolute)),
        request("POST", f"/k/{key}/api/chat", CHAT_BYTES, "Content-Length: 1"),
        request("POST", f"k/{key}/api/chat", CHAT_BYTES),
        request("POST", f"ftp://k/{key}/api/chat", CHAT_BYTES),
        request("CONNECT", f"/k/{key}/api/chat", CHAT_BYTES),
        request("POST", f"/k/{key}/api/chat", CHAT_BYTES, "Content Length: 1"),
        request("POST", "/api/chat", CHAT_BYTES, f"X-API-Key {key}"),
        request("POST", f"/k/{key}/api/chat", CHAT_BYTES, "Upgrade: h2c"),
        request("POST", f"/k/{key}/api/chat", None, "Content-Length: 100000000000"),
        request("POST", f"/k/{key}/api/chat", CHAT_BYTES, host="evil.example"),
        request("OPTIONS", f"/k/{key}/api/chat", None, "Origin: app://a", "Access-Control-Request-Method: POST"),
        # What somebody writes into a query is passed on, but not a key.
        request("POST", f"/api/chat?key={other}", CHAT_BYTES, f"X-API-Key: {key}"),
    ]


class _Watcher:
    """An addon that keeps what it is shown of every flow, as mitmdump does, but for the headers."""

    def __init__(self) -> None:
        self.flows: list[str] = []

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        self._keep(flow)

    def response(self, flow: http.HTTPFlow) -> None:
        self._keep(flow)

    def error(self, flow: http.HTTPFlow) -> None:
        self._keep(flow)

    def _keep(self, flow: http.HTTPFlow) -> None:
        request, response, error = flow.request, flow.response, flow.error
        shown = (
            request.pretty_url,
            request.path,
            flow.metadata,
            error and error.msg,
            response and response.content,
        )
        self.flows.append(repr(shown))
