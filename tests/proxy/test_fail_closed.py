"""Every hook, and everything a hook calls, made to raise: with a key and without, the door stays closed.

What is asked each time: a 5xx in JSON, or a cut where the answer had begun; nothing at the upstream that was not
decided; and no slot held afterwards.
"""

# What a test of the inside looks at has no public name.
# pyright: reportPrivateUsage=false

from collections.abc import Callable
from typing import Any

import pytest

from addon.core.refusal import Reason
from addon.proxy import exchanges, forwarding, gate_addon, queueing
from addon.proxy.admission import Admission
from addon.proxy.destinations import Destinations
from addon.proxy.endings import how_it_broke_off
from addon.proxy.exchanges import Exchanges
from addon.proxy.fail_closed import refuse_connection_on_error
from addon.proxy.forwarding import Forwarding
from addon.proxy.live_api import LiveApi
from addon.proxy.queueing import Queueing
from addon.proxy.turnstile import Turnstile
from addon.store.journal_writer import JournalWriter
from tests.proxy.houses import House, chat_request, until
from tests.proxy.wire import request

INTERNAL = Reason.INTERNAL.code


class _SabotageError(Exception):
    """Nobody in the gate expects this one."""


def _raises(*_args: object, **_kwargs: object) -> Any:
    raise _SabotageError("sabotage")


BEFORE_THE_UPSTREAM: list[tuple[object, str]] = [
    (Admission, "admit"),
    (Exchanges, "note_use"),
    (Queueing, "wait_and_forward"),
    (queueing, "make_ticket"),
    (Turnstile, "is_taken"),
    (Turnstile, "enter"),
    (Turnstile, "_carry_out"),
    (Turnstile, "_set_timer"),
    (Forwarding, "to_ollama"),
    (forwarding, "for_ollama"),
    (Destinations, "open_way"),
    (JournalWriter, "use"),
]


@pytest.mark.parametrize(("owner", "name"), BEFORE_THE_UPSTREAM)
async def test_a_failure_before_the_upstream_is_a_500_and_nothing_gets_through(
    house: House, monkeypatch: pytest.MonkeyPatch, owner: object, name: str
) -> None:
    key = await house.key()
    monkeypatch.setattr(owner, name, _raises)
    async with house.wire() as wire:
        answer = await wire.ask(chat_request(key))
        assert (answer.status, answer.reason) == (500, INTERNAL)
        assert answer.is_whole
    async with house.wire() as wire:
        assert (await wire.ask(chat_request(None))).status in (401, 500)
    assert house.upstream.requests == []
    monkeypatch.undo()
    await until(lambda: house.gate.is_idle)
    assert (await house.chat(key)).status_code == 200


async def test_a_hook_that_cannot_even_find_its_visit_lets_nothing_through(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await house.key()
    monkeypatch.setattr(gate_addon, "visit_of", _raises)
    for shown in (key, None):
        async with house.wire() as wire:
            answer = await wire.ask(chat_request(shown))
            assert (answer.status, answer.reason) == (500, INTERNAL)
    assert house.upstream.requests == []


async def test_a_failing_server_connect_is_a_refused_connection(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await house.key()
    monkeypatch.setattr(Destinations, "refuse_ungranted", _raises)
    answer = await house.chat(key)
    assert (answer.status_code, answer.headers["x-sluice-reason"]) == (502, "upstream_unreachable")
    assert house.upstream.requests == []
    await house.until_idle()


def test_the_wrapper_of_server_connect_names_no_secret() -> None:
    class Connection:
        error: str | None = None

    class Data:
        server = Connection()

    refuse_connection_on_error(_raises)(object(), Data())  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    assert Data.server.error == "Sluice failed while deciding about this connection"


BEFORE_THE_FIRST_BYTE: list[tuple[object, str]] = [
    (gate_addon, "add_queue_headers"),
    (Forwarding, "let_stream"),
    (forwarding, "harden_ollama_answer"),
    (forwarding, "metered"),
    (Turnstile, "progress"),
]


@pytest.mark.parametrize(("owner", "name"), BEFORE_THE_FIRST_BYTE)
async def test_a_failure_before_the_first_byte_is_a_500_and_frees_the_slot(
    house: House, monkeypatch: pytest.MonkeyPatch, owner: object, name: str
) -> None:
    key = await house.key()
    monkeypatch.setattr(owner, name, _raises)
    async with house.wire() as wire:
        answer = await wire.ask(chat_request(key))
        assert (answer.status, answer.reason) == (500, INTERNAL)
        assert await wire.closes() == b""
    await house.until_idle()
    monkeypatch.undo()
    assert (await house.chat(key)).status_code == 200


async def test_a_failing_meter_costs_the_count_and_not_the_answer(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await house.key()
    monkeypatch.setattr("addon.core.usage.Meter.feed", _raises)
    assert (await house.chat(key)).text.count("\n") == 4
    (row,) = await house.journal()
    assert (row.state, row.completion_tokens, row.is_estimated) == ("done", 0, True)


AT_THE_END: list[tuple[object, str]] = [
    (Exchanges, "finish"),
    (exchanges, "journal_row"),
    (exchanges, "status_told"),
    (JournalWriter, "add"),
]


@pytest.mark.parametrize(("owner", "name"), AT_THE_END)
async def test_a_failure_behind_the_last_byte_cuts_the_answer_and_frees_the_slot(
    house: House, monkeypatch: pytest.MonkeyPatch, owner: object, name: str
) -> None:
    key = await house.key()
    monkeypatch.setattr(owner, name, _raise_once(getattr(owner, name)))
    async with house.wire() as wire:
        answer = await wire.ask(chat_request(key))
        assert (answer.status, answer.is_whole) == (200, False)
    await until(lambda: house.gate.is_idle)
    assert (await house.chat(key)).status_code == 200


def _raise_once(original: Callable[..., Any]) -> Callable[..., Any]:
    calls: list[None] = []

    def sabotaged(*args: Any, **kwargs: Any) -> Any:
        calls.append(None)
        if len(calls) == 1:
            raise _SabotageError("sabotage")
        return original(*args, **kwargs)

    return sabotaged


async def test_a_slot_that_could_not_be_freed_at_first_is_freed_when_the_client_is_gone(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await house.key()
    monkeypatch.setattr(Turnstile, "end", _raise_once(Turnstile.end))
    async with house.wire() as wire:
        assert not (await wire.ask(chat_request(key))).is_whole
    await until(lambda: house.gate.is_idle)
    assert [row.state for row in await house.journal()] == ["cancelled"]


async def test_a_failing_error_hook_frees_the_slot_when_the_client_is_gone(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await house.key()
    await house.upstream.stop()
    monkeypatch.setattr(gate_addon, "how_it_broke_off", _raise_once(how_it_broke_off))
    answer = await house.chat(key)
    assert answer.status_code in (500, 502)
    await until(lambda: house.gate.is_idle)


async def test_a_failing_client_disconnected_leaves_no_slot_behind(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await house.key()
    busy = await house.occupy(key)
    monkeypatch.setattr(Destinations, "close_way", _raise_once(Destinations.close_way))
    async with house.wire() as wire:
        await wire.send(chat_request(key))
        await house.until_waiting(1)
    await until(lambda: house.gate.find(house.gate.running[0].id) is not None)
    house.upstream.engine.release()
    assert (await busy).status_code == 200
    await until(lambda: house.gate.is_idle)
    assert len(house.upstream.engine.started) == 1


async def test_a_failing_live_api_is_a_500(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    key = await house.key()
    monkeypatch.setattr(LiveApi, "answer", _raises)
    answer = await house.client.get("/gate/queue", headers={"X-API-Key": key})
    assert (answer.status_code, answer.headers["x-sluice-reason"]) == (500, INTERNAL)


async def test_a_failing_blob_upload_is_a_500_and_not_a_hang(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await house.admin_key()
    monkeypatch.setattr(forwarding, "for_ollama", _raises)
    async with house.wire() as wire:
        path = "/api/blobs/sha256:" + "0" * 64
        answer = await wire.ask(request("POST", path, b"weights", f"X-API-Key: {key}"))
    assert (answer.status, answer.reason) == (500, INTERNAL)
    assert house.upstream.requests == []


async def test_a_ticket_that_cannot_be_aborted_does_not_keep_others_from_their_turn(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await house.key()
    busy = await house.occupy(key)
    waiting = house.chatting(key)
    await house.until_waiting(1)
    monkeypatch.setattr(exchanges, "cut_upstream", _raises)
    house.assembly.turnstile.cancel(house.gate.running[0], by="test")
    house.upstream.engine.release()
    assert [(await task).status_code for task in (busy, waiting)] == [200, 200]
    await house.until_idle()


async def test_a_500_is_said_in_the_dialect_of_the_path(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Admission, "admit", _raises)
    answer = await house.client.post("/v1/messages?beta=true", json={})
    assert answer.json()["error"]["type"] == "api_error"
