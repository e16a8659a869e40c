"""The room for bodies: counted as they come, refused when it is full, given back at every end of a request."""

import asyncio
import json
from itertools import chain

import httpx
import pytest
import zstandard
from mitmproxy.proxy.layers.http import HttpLayer

from addon.proxy.body_room import BodyRoom
from tests.proxy.houses import CHAT, House, until
from tests.proxy.wire import Wire, request

KIB, MIB = 2**10, 2**20
LARGE = json.dumps({**CHAT, "padding": "x" * (200 * KIB)}).encode()


def _room(house: House) -> BodyRoom:
    return house.assembly.addon.body_room


def _held(house: House) -> int:
    return _room(house).known.held_bytes + _room(house).strangers.held_bytes


def _ask(key: str, body: bytes = LARGE, path: str = "/api/chat", *headers: str) -> bytes:
    return request("POST", path, body, f"X-API-Key: {key}", *headers)


async def _until_held(house: House, size: int) -> None:
    await until(lambda: _held(house) == size)


def test_eight_of_the_largest_bodies_fit_and_nobody_gets_more_than_half() -> None:
    assert (BodyRoom(64 * MIB).known.most_bytes, BodyRoom(64 * MIB).known.most_each) == (512 * MIB, 256 * MIB)
    assert (BodyRoom(1024).known.most_bytes, BodyRoom(1024).known.most_each) == (64 * MIB, 32 * MIB)


async def test_a_body_is_held_while_its_request_waits_and_runs(house: House) -> None:
    key = await house.key()
    busy = await house.occupy(key)
    running = _held(house)
    async with house.wire() as wire:
        await wire.send(_ask(key))
        await house.until_waiting(1)
        assert _held(house) == running + len(LARGE)
        house.upstream.engine.release()
        answer = await wire.answer("POST")
        assert answer is not None
        assert answer.status == 200
        await busy
        await _until_held(house, 0)
        # The connection lives on, and its next request is counted anew.
        assert (await wire.ask(_ask(key))).status == 200
        await _until_held(house, 0)


@pytest.mark.parametrize("leave", [Wire.reset, Wire.finish])
async def test_who_leaves_while_waiting_holds_nothing(house: House, leave: object) -> None:
    key = await house.key()
    busy = await house.occupy(key)
    before = _held(house)
    async with house.wire() as wire:
        await wire.send(_ask(key))
        await house.until_waiting(1)
        assert callable(leave)
        leave(wire)
        await _until_held(house, before)
    house.upstream.engine.release()
    await busy
    await _until_held(house, 0)


async def test_who_leaves_in_the_middle_of_a_body_holds_nothing(house: House) -> None:
    key = await house.key()
    async with house.wire() as wire:
        whole = _ask(key)
        await wire.send(whole[:-1000])
        await _until_held(house, len(LARGE) - 1000)
        wire.reset()
        await _until_held(house, 0)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/chat", b"not json" + LARGE),
        ("/api/chat", LARGE.replace(b"gemma3:270m", b"other:cloud")),
        ("/api/pull", LARGE),
        ("/gate/tickets/x", b"{}"),
        ("/api/nothing", LARGE),
        ("/api/show", b"{}"),
    ],
)
async def test_what_is_refused_or_needs_no_slot_holds_nothing_either(house: House, path: str, body: bytes) -> None:
    async with house.wire() as wire:
        await wire.ask(_ask(await house.key(), body, path))
        await _until_held(house, 0)


async def test_a_cancelled_ticket_gives_its_room_back(house: House) -> None:
    key = await house.key()
    busy = await house.occupy(key)
    before = _held(house)
    async with house.wire() as wire:
        await wire.send(_ask(key))
        await house.until_waiting(1)
        (ticket,) = house.gate.waiting
        cancelled = await house.client.delete(f"/gate/tickets/{ticket.id}", headers={"X-API-Key": key})
        assert cancelled.status_code == 200
        assert await wire.answer("POST") is not None
        await _until_held(house, before)
    house.upstream.engine.release()
    await busy


async def test_a_body_that_finds_no_room_is_refused_by_its_length(house: House) -> None:
    key, other = await house.key("first"), await house.key("second")
    _room(house).known.most_bytes = 300 * KIB
    busy = await house.occupy(key)
    before = _held(house)
    async with house.wire() as wire, house.wire() as second:
        await wire.send(_ask(key))
        await house.until_waiting(1)
        answer = await second.ask(_ask(other))
        assert (answer.status, answer.reason, answer.header("retry-after")) == (503, "bodies_full", "10")
        assert str(300 * KIB) in answer.text
        assert _held(house) == before + len(LARGE)
        small = await house.client.get("/api/tags", headers={"X-API-Key": other})
        assert small.status_code == 200
        house.upstream.engine.release()
        assert (await wire.answer("POST")) is not None
    await busy
    async with house.wire() as wire:
        assert (await wire.ask(_ask(other))).status == 200


@pytest.mark.parametrize("size", [40 * KIB, 400 * KIB])
async def test_a_body_of_unsaid_length_is_refused_when_the_room_is_full(house: House, size: int) -> None:
    key = await house.key()
    _room(house).known.most_bytes = 20 * KIB
    head = request("POST", "/api/chat", None, f"X-API-Key: {key}", "Transfer-Encoding: chunked")
    async with house.wire() as wire:
        await wire.send(head + f"{size:x}\r\n".encode() + b"x" * size + b"\r\n0\r\n\r\n")
        answer = await wire.answer("POST")
        assert answer is not None
        assert (answer.status, answer.reason) == (503, "bodies_full")
        await _until_held(house, 0)
    assert house.upstream.requests == []
    assert house.gate.is_idle
    _room(house).known.most_bytes = MIB
    assert (await house.chat(key)).status_code == 200


async def test_one_asker_takes_no_more_than_half(house: House) -> None:
    key, other = await house.key("first"), await house.key("second")
    _room(house).known.most_each = 300 * KIB
    busy = await house.occupy(other)
    async with house.wire() as wire, house.wire() as second, house.wire() as third:
        await wire.send(_ask(key))
        await house.until_waiting(1)
        assert (await second.ask(_ask(key))).reason == "bodies_full"
        await third.send(_ask(other))
        await house.until_waiting(2)
        house.upstream.engine.release()
        assert (await wire.answer("POST")) is not None
        assert (await third.answer("POST")) is not None
    await busy
    await _until_held(house, 0)


async def test_a_squeezed_body_counts_as_what_it_becomes(house: House) -> None:
    key = await house.key()
    busy = await house.occupy(key)
    before = _held(house)
    squeezed = zstandard.ZstdCompressor().compress(LARGE)
    assert len(squeezed) < 10 * KIB
    async with house.wire() as wire, house.wire() as second:
        await wire.send(_ask(key, squeezed, "/v1/chat/completions", "Content-Encoding: zstd"))
        await house.until_waiting(1)
        assert _held(house) == before + len(LARGE)
        _room(house).known.most_bytes = 300 * KIB
        refused = await second.ask(_ask(key, squeezed, "/v1/chat/completions", "Content-Encoding: zstd"))
        assert refused.reason == "bodies_full"
        assert _held(house) == before + len(LARGE)
        house.upstream.engine.release()
        assert (await wire.answer("POST")) is not None
    await busy
    await _until_held(house, 0)


async def test_strangers_have_a_small_room_of_their_own(house: House) -> None:
    room = _room(house)
    room.strangers.most_bytes = 100 * KIB
    form = request("POST", "/api/auth/login", b"x" * (90 * KIB), "Content-Type: application/json")
    async with house.wire() as wire, house.wire() as second:
        await wire.send(form[:-1000])
        await until(lambda: room.strangers.held_bytes == 89 * KIB + 24)
        answer = await second.ask(form)
        assert (answer.status, answer.reason) == (503, "bodies_full")
        assert room.known.held_bytes == 0
        assert (await house.chat(await house.key())).status_code == 200
    await _until_held(house, 0)


async def test_whoever_is_refused_by_the_head_keeps_nothing_in_memory(house: House) -> None:
    async with house.wire() as wire:
        await wire.send(request("POST", "/api/chat", b"x" * 60_000)[:-1])
        await until(lambda: _buffered(house) == [0])
        await wire.send(b"x")
        answer = await wire.answer("POST")
        assert answer is not None
        assert answer.reason == "no_credential"


def _buffered(house: House) -> list[int]:
    layers = [_http_layer(getattr(handler, "layer", None)) for handler in house.connections.values()]
    streams = chain.from_iterable(layer.streams.values() for layer in layers if layer is not None)
    return [len(stream.request_body_buf) for stream in streams]


def _http_layer(layer: object) -> HttpLayer | None:
    if layer is None or isinstance(layer, HttpLayer):
        return layer
    return _http_layer(getattr(layer, "child_layer", None) or getattr(layer, "layer", None))


async def test_a_storm_of_large_bodies_leaves_nothing_behind(house: House) -> None:
    keys = [await house.key(f"k{number}") for number in range(4)]
    _room(house).known.most_bytes, _room(house).known.most_each = MIB, 500 * KIB
    answers = await asyncio.gather(
        *(
            house.client.post("/api/chat", content=LARGE, headers={"X-API-Key": keys[number % 4]})
            for number in range(30)
        ),
        return_exceptions=True,
    )
    statuses = {answer.status_code for answer in answers if isinstance(answer, httpx.Response)}
    assert statuses <= {200, 503}
    assert 200 in statuses
    await house.until_idle()
    await _until_held(house, 0)
