"""What acts with the owner's account, and what the settings say of routes."""

import json

import pytest
import zstandard

from addon.core.principal import Scope
from tests.fakes.ollama import replying
from tests.proxy.houses import CHAT, CHAT_BYTES, House
from tests.proxy.managing import MANAGER, OWNERS, ask
from tests.proxy.wire import request


@pytest.mark.parametrize(("method", "path", "body"), OWNERS)
async def test_the_owners_account_is_nobodys_to_use(managing: House, method: str, path: str, body: bytes) -> None:
    answer = await ask(managing, method, path, body, await managing.admin_key())
    assert (answer.status, answer.reason) == (403, "route_disabled")
    assert managing.upstream.requests == []


@pytest.mark.parametrize(("method", "path", "body"), OWNERS)
async def test_switched_on_it_is_the_administrators_alone(
    generous: House, method: str, path: str, body: bytes
) -> None:
    lesser = await generous.key("lesser", scopes=MANAGER)
    answer = await ask(generous, method, path, body, lesser)
    assert (answer.status, answer.reason) == (403, "scope_missing")
    assert generous.upstream.requests == []
    assert (await ask(generous, method, path, body, await generous.admin_key())).status == 200
    (seen,) = generous.upstream.requests
    assert (seen.method, seen.target, seen.body) == (method, path, body)


async def test_an_administrator_who_is_signed_in_still_proves_the_wish(generous: House) -> None:
    ann = await generous.sign_in("ann", is_admin=True)
    refused = await generous.client.post("/api/me", headers=ann.cookie)
    assert (refused.status_code, refused.headers["x-sluice-reason"]) == (403, "csrf")
    wished = ann.cookie | {"X-CSRF-Token": ann.csrf, "Origin": str(generous.client.base_url).rstrip("/")}
    assert (await generous.client.post("/api/me", headers=wished)).status_code == 200


# Tools that Ollama runs itself

SEARCH = json.dumps(
    {
        "model": "gemma3:270m",
        "max_tokens": 5,
        "messages": [{"role": "user", "content": "x"}],
        "tools": [{"type": "web_search_20250305", "name": "web_search"}],
    }
).encode()
_RUNNING = ("/v1/messages", "/v1/responses")


@pytest.mark.parametrize("path", _RUNNING)
async def test_nobody_searches_the_web_in_the_owners_name(managing: House, path: str) -> None:
    answer = await ask(managing, "POST", path, SEARCH, await managing.admin_key())
    assert (answer.status, answer.reason) == (403, "web_search")
    assert "gate.owner_routes" in answer.text
    squeezed = zstandard.ZstdCompressor().compress(SEARCH)
    hidden = await ask(managing, "POST", path, squeezed, await managing.key(), "Content-Encoding: zstd")
    assert (hidden.status, hidden.reason) == (403, "web_search")
    assert managing.upstream.requests == []
    assert managing.gate.is_idle


@pytest.mark.parametrize("path", _RUNNING)
async def test_switched_on_the_web_is_searched_for_administrators_alone(generous: House, path: str) -> None:
    generous.upstream.route("POST", path, replying(200, b"{}"))
    answer = await ask(generous, "POST", path, SEARCH, await generous.key())
    assert (answer.status, answer.reason) == (403, "scope_missing")
    assert generous.upstream.requests == []
    assert (await ask(generous, "POST", path, SEARCH, await generous.admin_key())).status == 200
    assert [seen.body for seen in generous.upstream.requests] == [SEARCH]


@pytest.mark.parametrize("path", ["/api/chat", "/v1/chat/completions"])
async def test_a_tool_that_ollama_hands_on_passes_whatever_it_is_called(managing: House, path: str) -> None:
    assert (await ask(managing, "POST", path, SEARCH, await managing.key())).status == 200


# Routes the settings name


async def test_a_new_route_that_infers_waits_for_a_slot_like_any_other(generous: House) -> None:
    key = await generous.key(models=("gemma3:270m",))
    answer = await ask(generous, "POST", "/api/new", CHAT_BYTES, key)
    assert (answer.status, answer.header("x-queue-base")) == (200, "2")
    assert [(row.path, row.model) for row in await generous.journal()] == [("/api/new", CHAT["model"])]
    for body, reason in (
        (b'{"model":"other"}', "model_not_allowed"),
        (b"{}", "model_missing"),
        (b"", "body_not_json"),
    ):
        assert (await ask(generous, "POST", "/api/new", body, key)).reason == reason
    assert len(generous.upstream.requests) == 1
    assert generous.gate.is_idle


async def test_a_new_route_needs_the_scope_of_its_kind(generous: House) -> None:
    lesser = await generous.key("lesser")
    assert (await ask(generous, "PUT", "/api/new/thing", b"{}", lesser)).reason == "scope_missing"
    limited = await generous.key("limited", scopes=MANAGER, models=("mine",))
    assert (
        await ask(generous, "PUT", "/api/new/thing", b'{"name":"other"}', limited)
    ).reason == "model_not_allowed"
    assert generous.upstream.requests == []
    assert (await ask(generous, "PUT", "/api/new/thing", b'{"name":"mine"}', limited)).status == 200
    assert (await ask(generous, "POST", "/api/new/thing", b"{}", limited)).reason == "wrong_method"


async def test_a_new_route_that_manages_may_name_its_model_where_no_list_can_be_held_against_it(
    generous: House,
) -> None:
    limited = await generous.key("limited", scopes=MANAGER, models=("mine",))
    free = await generous.key("free", scopes=MANAGER)
    for body in (b'{"x":1}', b"{}", b"", b'{"name":""}'):
        refused = await ask(generous, "PUT", "/api/new/thing", body, limited)
        assert (refused.status, refused.reason) == (400, "model_missing")
    assert generous.upstream.requests == []
    for body in (b'{"x":1}', b""):
        assert (await ask(generous, "PUT", "/api/new/thing", body, free)).status == 200


async def test_without_the_setting_the_route_is_unknown(managing: House) -> None:
    answer = await ask(managing, "POST", "/api/new", CHAT_BYTES, await managing.admin_key())
    assert (answer.status, answer.reason) == (404, "unknown_path")


# Rules of the allow-list


async def test_an_address_may_do_what_its_rule_says(managing: House) -> None:
    await managing.allow(scopes=frozenset({Scope.READ, Scope.MANAGE}))
    async with managing.wire() as wire:
        assert (await wire.ask(request("POST", "/api/pull", b'{"model":"mine"}'))).status == 200
        assert (await wire.ask(request("GET", "/api/tags"))).status == 200
        assert (await wire.ask(request("POST", "/api/chat", CHAT_BYTES))).reason == "scope_missing"
        assert (await wire.ask(request("POST", "/gate/pause", b""))).reason == "scope_missing"


async def test_a_plain_rule_manages_nothing(managing: House) -> None:
    await managing.allow()
    async with managing.wire() as wire:
        assert (await wire.ask(request("DELETE", "/api/delete", b'{"model":"mine"}'))).reason == "scope_missing"
    assert managing.upstream.requests == []
