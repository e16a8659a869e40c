"""The hooks together: uploads that pass through, and a storm of everything at once that leaves nothing behind."""

# What a test of the inside looks at has no public name.
# pyright: reportPrivateUsage=false

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path

import pytest

from addon.demo.http1 import Exchange
from tests.fakes.ollama import replying
from tests.proxy.houses import CHAT_BYTES, House, chat_request, house_with_fake, until
from tests.proxy.wire import Wire, request

BLOB = "/api/blobs/sha256:" + "0" * 64
UUID = "11111111-2222-3333-4444-555555555555"


@pytest.fixture
async def wide(tmp_path: Path) -> AsyncGenerator[House]:
    """A gate with three slots that takes JSON bodies of up to 1024 bytes."""
    environ = {"SLUICE_UPSTREAM__SLOTS": "3", "SLUICE_LIMITS__BODY_BYTES": "1024"}
    async with house_with_fake(tmp_path / "data", **environ) as running:
        yield running


async def test_a_blob_passes_whole_whatever_its_size(wide: House) -> None:
    wide.upstream.route("POST", "/api/blobs/*", replying(201, b""))
    weights = random.Random(1).randbytes(300_000)
    async with wide.wire() as wire:
        key = await wide.admin_key()
        answer = await wire.ask(request("POST", BLOB, weights, f"X-API-Key: {key}"))
        assert answer.status == 201
        assert (await wire.ask(request("HEAD", BLOB, None, f"X-API-Key: {key}"))).status == 405
    assert wide.upstream.requests[0].body == weights


async def test_a_blob_is_refused_without_a_byte_of_it_upstream(wide: House) -> None:
    async with wide.wire() as wire:
        answer = await wire.ask(request("POST", BLOB, b"x" * 5000))
        assert (answer.status, answer.reason) == (401, "no_credential")
    assert wide.upstream.requests == []


async def test_an_upload_that_breaks_off_is_broken_off_upstream(wide: House) -> None:
    key = await wide.admin_key()
    async with wide.wire() as wire:
        await wire.send(request("POST", BLOB, b"x" * 5000, f"X-API-Key: {key}")[:-100])
        await until(lambda: len(wide.assembly.addon._destinations._granted) == 1)
        wire.reset()
    await until(lambda: not wide.assembly.addon._latest)
    assert wide.assembly.addon._destinations._granted == {}
    assert wide.upstream.requests == [], "the fake counts whole requests only"


async def test_an_idle_connection_keeps_nothing_of_its_last_request(house: House) -> None:
    key = await house.key()
    async with house.wire() as wire:
        for data in (chat_request(key), chat_request(None), request("GET", "/gate/health")):
            await wire.ask(data)
            assert house.assembly.addon._latest == {}


async def test_managing_models_needs_no_slot(house: House) -> None:
    key = await house.admin_key()
    busy = await house.occupy(key)
    house.upstream.route("DELETE", "/api/delete", replying(200, b""))
    async with house.wire() as wire:
        deleted = await wire.ask(request("DELETE", "/api/delete", b'{"model":"x"}', f"X-API-Key: {key}"))
    assert deleted.status == 200
    house.upstream.engine.release()
    await busy


async def test_no_more_run_at_once_than_there_are_slots(wide: House) -> None:
    key = await wide.key()
    wide.upstream.engine.hold()
    async with asyncio.TaskGroup() as group:
        for _ in range(20):
            group.create_task(wide.chat(key))
        await wide.until_waiting(17)
        await wide.upstream.engine.until_running(3)
        wide.upstream.engine.release()
    assert wide.upstream.engine.max_running == 3
    assert len(wide.upstream.engine.started) == 20


async def test_a_storm_of_everything_at_once_leaves_nothing_behind(wide: House) -> None:
    key = await wide.key(max_waiting=1000)
    dice = random.Random(7)
    wide.upstream.engine.script_for = lambda _: ["a", "b", dice.random() * 0.01, "c"]

    async def break_off(exchange: Exchange) -> None:
        exchange.reset()

    wide.upstream.route("POST", "/api/generate", break_off)
    acts: list[Callable[[Wire], Awaitable[object]]] = [
        lambda wire: wire.ask(chat_request(key)),
        lambda wire: wire.ask(chat_request(key)),
        lambda wire: _leave(wire, chat_request(key), dice.random() * 0.02),
        lambda wire: _leave(wire, chat_request(key), dice.random() * 0.05),
        lambda wire: _leave(wire, chat_request(key, f"X-Queue-Ticket: {UUID}"), dice.random() * 0.01),
        lambda wire: wire.ask(chat_request(key, path="/api/generate")),
        lambda wire: wire.ask(chat_request(None)),
        lambda wire: wire.ask(request("POST", "/api/chat", b"x" * 1025, f"X-API-Key: {key}")),
        lambda wire: wire.ask(b"POST /api/chat HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n"),
        lambda wire: _leave(wire, _with_trailers(key), 0.01),
    ]
    files_before = _open_files()

    async def act(number: int) -> None:
        async with wide.wire() as wire:
            await acts[number % len(acts)](wire)

    async with asyncio.TaskGroup() as group:
        for number in range(150):
            group.create_task(act(number))
    await wide.until_idle()
    addon, turnstile = wide.assembly.addon, wide.assembly.turnstile
    await until(lambda: not addon._latest)
    assert (addon._live, addon._destinations._granted, turnstile._verdicts) == ({}, {}, {})
    assert wide.upstream.engine.max_running <= 3
    await until(lambda: _open_files() <= files_before + 2)
    async with asyncio.TaskGroup() as group:
        again = [group.create_task(wide.chat(key)) for _ in range(6)]
    assert [task.result().status_code for task in again] == [200] * 6


def _open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


async def _leave(wire: Wire, data: bytes, after_s: float) -> None:
    await wire.send(data)
    await asyncio.sleep(after_s)  # leaving at a random moment is the point
    wire.reset()


def _with_trailers(key: str) -> bytes:
    head = request("POST", "/api/chat", None, f"X-API-Key: {key}", "Transfer-Encoding: chunked")
    return head + f"{len(CHAT_BYTES):x}\r\n".encode() + CHAT_BYTES + b"\r\n0\r\nX: 1\r\n\r\n"
