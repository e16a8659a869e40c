"""Clients that leave: whenever and however they go, nothing of theirs stays in the gate or runs upstream."""

# What a test of the inside looks at has no public name.
# pyright: reportPrivateUsage=false

import asyncio
from collections.abc import Callable

import pytest

from addon.demo.http1 import Exchange
from tests.fakes.engine import stall
from tests.proxy.houses import CHAT_BYTES, House, chat_request, until
from tests.proxy.wire import Wire, request

type Way = Callable[[Wire], None]


def _close(wire: Wire) -> None:
    wire.writer.close()


WAYS: list[Way] = [_close, Wire.reset, Wire.finish]


@pytest.mark.parametrize("go", WAYS)
async def test_one_that_leaves_while_it_waits_is_forgotten_at_once(house: House, go: Way) -> None:
    key = await house.key()
    busy = await house.occupy(key)
    async with house.wire() as wire:
        await wire.send(chat_request(key))
        await house.until_waiting(1)
        go(wire)
        await house.until_waiting(0)
    house.upstream.engine.release()
    assert (await busy).status_code == 200
    await house.until_idle()
    assert len(house.upstream.engine.started) == 1
    left, ran = sorted(await house.journal(), key=lambda row: row.state)
    assert (left.state, left.ended_by, left.status, left.ran_s) == ("cancelled", "client", None, 0)
    assert ran.state == "done"


@pytest.mark.parametrize("go", WAYS)
async def test_one_that_leaves_before_the_first_byte_frees_its_slot(house: House, go: Way) -> None:
    key = await house.key()
    has_gone = asyncio.Event()

    async def silent(exchange: Exchange) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            has_gone.set()

    house.upstream.route("POST", "/api/chat", silent)
    async with house.wire() as wire:
        await wire.send(chat_request(key))
        await house.upstream.until_requests(1)
        go(wire)
        await asyncio.wait_for(has_gone.wait(), 1)
        await house.until_idle()
    (row,) = await house.journal()
    assert (row.state, row.ended_by, row.status, row.first_byte_s) == ("cancelled", "client", None, None)


@pytest.mark.parametrize("go", WAYS)
async def test_one_that_leaves_in_mid_stream_stops_the_model(house: House, go: Way) -> None:
    key = await house.key()
    house.upstream.engine.scripts.append(("One", stall()))
    async with house.wire() as wire:
        await wire.send(chat_request(key))
        await wire.reader.readuntil(b"One")
        go(wire)
        await house.upstream.engine.until_cancelled(1)
        await house.until_idle()
    (row,) = await house.journal()
    assert (row.state, row.ended_by, row.status) == ("cancelled", "client", 200)
    assert row.first_byte_s is not None


@pytest.mark.parametrize("go", WAYS)
async def test_one_that_leaves_between_admission_and_connection_reaches_nobody(
    house: House, monkeypatch: pytest.MonkeyPatch, go: Way
) -> None:
    key = await house.key()
    connects, is_connecting = asyncio.open_connection, asyncio.Event()

    async def slow(*args: object, **kwargs: object) -> object:
        if args[1:2] == (house.upstream.port,):
            is_connecting.set()
            await asyncio.Event().wait()
        return await connects(*args, **kwargs)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]

    async with house.wire() as wire:
        monkeypatch.setattr(asyncio, "open_connection", slow)
        await wire.send(chat_request(key))
        await is_connecting.wait()
        assert house.gate.running
        go(wire)
        await house.until_idle()
    assert house.upstream.requests == []
    (row,) = await house.journal()
    assert (row.state, row.ended_by) == ("cancelled", "client")


async def test_one_that_leaves_in_the_very_turn_of_its_admission_frees_its_slot(house: House) -> None:
    key = await house.key()
    busy = await house.occupy(key)
    async with house.wire() as wire:
        await wire.send(chat_request(key))
        await house.until_waiting(1)
        ticket = house.gate.waiting[0]
        # Admitted and gone before the woken coroutine has had its turn.
        house.assembly.turnstile.end(house.gate.running[0], ticket.state.DONE, "test")
        assert ticket.holds_slot
        wire.reset()
        await until(lambda: not ticket.is_live)
    house.upstream.engine.release()
    await busy
    await house.until_idle()
    assert len(house.upstream.engine.started) <= 2


async def test_a_cancellation_in_the_very_turn_of_the_admission_is_not_lost(house: House) -> None:
    key = await house.key()
    busy = await house.occupy(key)
    waiting = house.chatting(key)
    await house.until_waiting(1)
    turnstile, ticket = house.assembly.turnstile, house.gate.waiting[0]
    turnstile.end(house.gate.running[0], ticket.state.DONE, "test")
    assert ticket.holds_slot
    turnstile.cancel(ticket, by="test")
    answer = await waiting
    assert (answer.status_code, answer.headers["x-sluice-reason"]) == (403, "cancelled")
    house.upstream.engine.release()
    await busy
    await house.until_idle()
    assert len(house.upstream.engine.started) == 1
    assert [row.state for row in await house.journal()] == ["cancelled", "done"]


async def test_one_that_leaves_in_the_middle_of_its_body_was_never_here(house: House) -> None:
    key = await house.key()
    async with house.wire() as wire:
        await wire.send(chat_request(key)[:-10])
        wire.finish()
        await wire.closes()
    assert house.upstream.requests == []
    assert house.gate.is_idle
    assert list(await house.journal()) == []


async def test_request_trailers_leave_nothing_behind(house: House) -> None:
    key = await house.key()
    body = f"{len(CHAT_BYTES):x}\r\n".encode() + CHAT_BYTES + b"\r\n0\r\nX-Trailer: 1\r\n\r\n"
    for _ in range(3):
        async with house.wire() as wire:
            head = request("POST", "/api/chat", None, f"X-API-Key: {key}", "Transfer-Encoding: chunked")
            await wire.send(head + body)
            # mitmproxy's layer crashes on them: no hook but `requestheaders` ever fires.
            assert b" 400 " in await wire.closes()
    await until(lambda: _connections(house) == 0)
    assert house.upstream.requests == []
    assert house.gate.is_idle
    assert (await house.chat(key)).status_code == 200


async def test_a_hundred_clients_that_leave_at_once_leave_nothing_behind(house: House) -> None:
    key = await house.key(max_waiting=200)
    busy = await house.occupy(key)
    wires = [await asyncio.open_connection("127.0.0.1", house.port) for _ in range(100)]
    for _, writer in wires:
        writer.write(chat_request(key))
    await house.until_waiting(100)
    for _, writer in wires:
        writer.transport.abort()
    await house.until_waiting(0)
    house.upstream.engine.release()
    await busy
    await house.until_idle()
    exchanges, turnstile = house.assembly.exchanges, house.assembly.turnstile
    assert (exchanges._by_ticket, exchanges.destinations._granted, turnstile._verdicts) == ({}, {}, {})
    await until(lambda: _connections(house) <= 1)
    assert len(house.upstream.engine.started) == 1


async def test_a_pipelined_second_request_is_answered_after_the_first(house: House) -> None:
    key = await house.key()
    async with house.wire() as wire:
        await wire.send(chat_request(key) + request("GET", "/gate/health"))
        first, second = await wire.answer("POST"), await wire.answer()
    assert first is not None
    assert second is not None
    assert (first.status, second.body) == (200, b'{"status":"ok"}')


def _connections(house: House) -> int:
    return len(house.assembly.exchanges._latest)
