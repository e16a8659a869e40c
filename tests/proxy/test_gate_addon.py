"""The hooks together: uploads that pass through, and a storm of everything at once that leaves nothing behind."""

# What a test of the inside looks at has no public name.
# pyright: reportPrivateUsage=false

import asyncio
import random
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.fakes.ollama import replying
from tests.proxy.houses import House, chat_request, house_with_fake, until
from tests.proxy.storm import acts, open_files, perform
from tests.proxy.wire import request

BLOB = "/api/blobs/sha256:" + "0" * 64


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
        await until(lambda: len(wide.assembly.exchanges.destinations._granted) == 1)
        wire.reset()
    await until(lambda: not wide.assembly.exchanges._latest)
    assert wide.assembly.exchanges.destinations._granted == {}
    assert wide.upstream.requests == [], "the fake counts whole requests only"


async def test_an_idle_connection_keeps_nothing_of_its_last_request(house: House) -> None:
    key = await house.key()
    async with house.wire() as wire:
        for data in (chat_request(key), chat_request(None), request("GET", "/gate/health")):
            await wire.ask(data)
            assert house.assembly.exchanges._latest == {}


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
    repertoire, files_before = acts(wide, key, random.Random(7)), open_files()
    await perform(wide, [repertoire[number % len(repertoire)] for number in range(150)])
    await wide.until_idle()
    exchanges, turnstile = wide.assembly.exchanges, wide.assembly.turnstile
    await until(lambda: not exchanges._latest)
    assert (exchanges._by_ticket, exchanges.destinations._granted, turnstile._verdicts) == ({}, {}, {})
    assert wide.upstream.engine.max_running <= 3
    await until(lambda: open_files() <= files_before + 2)
    async with asyncio.TaskGroup() as group:
        again = [group.create_task(wide.chat(key)) for _ in range(6)]
    assert [task.result().status_code for task in again] == [200] * 6
