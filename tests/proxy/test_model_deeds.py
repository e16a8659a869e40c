"""What is done to the models is in the audit log: who, from where, to which model, and what became of it."""

import asyncio
import json
from typing import Any

import pytest

from addon.demo.http1 import Exchange
from addon.proxy.ledger import Ledger
from addon.store.audit import Actor, Deed
from addon.store.audit_reader import AuditFilter, find_audit
from addon.store.engine import reading
from tests.proxy.houses import House
from tests.proxy.managing import MANAGER, ask
from tests.proxy.wire import request


async def _deeds(house: House) -> list[tuple[str, str, str | None, str, str, Any]]:
    assert await house.assembly.audit.flush()
    with reading(house.engine) as session:
        rows = reversed(find_audit(session, AuditFilter(), 1000))
        return [
            (row.actor_id, row.actor, row.address, row.action, row.subject_id, json.loads(row.after or "null"))
            for row in rows
            if row.action.startswith(("model.", "ollama."))
        ]


@pytest.mark.parametrize(
    ("method", "path", "body", "action", "subject"),
    [
        ("POST", "/api/pull", b'{"model":"gemma3:270m"}', "model.pull", "model:gemma3:270m"),
        ("DELETE", "/api/delete", b'{"name":"mine"}', "model.delete", "model:mine"),
        ("POST", "/api/copy", b'{"source":"a","destination":"b"}', "model.copy", "model:a, b"),
        ("POST", "/api/create", b'{"model":"mine","from":"a"}', "model.create", "model:mine, a"),
        ("POST", "/api/push", b'{"model":"me/mine"}', "model.push", "model:me/mine"),
    ],
)
async def test_a_change_of_the_models_is_noted_with_its_outcome(
    managing: House, method: str, path: str, body: bytes, action: str, subject: str
) -> None:
    key = await managing.key("keeper", scopes=MANAGER)
    assert (await ask(managing, method, path, body, key)).status == 200
    assert await _deeds(managing) == [("key:1", "keeper", "127.0.0.1", action, subject, {"status": 200})]


async def test_a_model_that_ollama_does_not_have_is_noted_with_its_404(managing: House) -> None:
    async def unknown(exchange: Exchange) -> None:
        await exchange.respond(404, "application/json", b'{"error":"model not found"}')

    managing.upstream.route("DELETE", "/api/delete", unknown)
    key = await managing.key("keeper", scopes=MANAGER)
    await ask(managing, "DELETE", "/api/delete", b'{"model":"none"}', key)
    ((*_, action, _, after),) = await _deeds(managing)
    assert (action, after) == ("model.delete", {"status": 404})


async def test_looking_and_what_the_gate_refuses_are_no_deeds(managing: House) -> None:
    key, stranger = await managing.key("keeper", scopes=MANAGER), await managing.key("app")
    for method, path, body, who in (
        ("POST", "/api/show", b'{"model":"gemma3:270m"}', key),
        ("GET", "/api/tags", None, key),
        ("POST", "/api/pull", b'{"model":"a","Model":"b"}', key),
        ("DELETE", "/api/delete", b'{"model":"mine"}', stranger),
    ):
        await ask(managing, method, path, body, who)
    assert await _deeds(managing) == []


async def test_a_route_of_the_owners_account_is_noted_by_its_path(generous: House) -> None:
    key = await generous.admin_key()
    await ask(generous, "POST", "/api/signout", b"", key)
    ((*_, action, subject, after),) = await _deeds(generous)
    assert (action, subject, after) == ("ollama.request", "path:/api/signout", {"status": 200})


async def test_a_pull_whose_asker_leaves_is_noted_as_ended_by_them(
    managing: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_begun, is_noted, never = asyncio.Event(), asyncio.Event(), asyncio.Event()
    note = Ledger.note

    def note_and_tell(self: Ledger, by: Actor, deed: Deed) -> None:
        note(self, by, deed)
        is_noted.set()

    monkeypatch.setattr(Ledger, "note", note_and_tell)

    async def hang(exchange: Exchange) -> None:
        has_begun.set()
        await never.wait()

    managing.upstream.route("POST", "/api/pull", hang)
    key = await managing.key("keeper", scopes=MANAGER)
    async with managing.wire() as wire:
        await wire.send(request("POST", "/api/pull", b'{"model":"gemma3:270m"}', f"X-API-Key: {key}"))
        await has_begun.wait()
    await asyncio.wait_for(is_noted.wait(), 5)
    never.set()
    ((*_, action, _, after),) = await _deeds(managing)
    assert (action, after) == ("model.pull", {"status": None, "ended_by": "client"})
