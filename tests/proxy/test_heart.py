"""Who leaves while a heart beats for them: nothing of theirs goes on beating, and no filler goes astray."""

# What a test of the inside looks at has no public name.
# pyright: reportPrivateUsage=false

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import pytest

from addon.demo.http1 import Exchange
from tests.fakes.engine import stall
from tests.proxy.houses import CHAT_BYTES, House, chat_request, house_with_fake, until
from tests.proxy.wire import Wire, request

type Way = Callable[[Wire], None]


@pytest.fixture
async def eager(tmp_path: Path) -> AsyncGenerator[House]:
    """A gate whose hearts beat as fast as they can."""
    hurry = {"SLUICE_QUEUE__EARLY_RESPONSE_AFTER_S": "0.02", "SLUICE_QUEUE__HEARTBEAT_S": "0.01"}
    async with house_with_fake(tmp_path / "data", **hurry) as running:
        yield running


def _close(wire: Wire) -> None:
    wire.writer.close()


WAYS: list[Way] = [_close, Wire.reset, Wire.finish]


def _hearts() -> int:
    return sum(task.get_name() == "heartbeat" for task in asyncio.all_tasks())


@pytest.mark.parametrize("go", WAYS)
async def test_one_that_leaves_while_it_waits_and_hears_fillers_is_forgotten(eager: House, go: Way) -> None:
    key = await eager.key()
    eager.gate.pause()
    async with eager.wire() as wire:
        await wire.send(chat_request(key))
        await wire.reader.readuntil(b" \r\n")
        go(wire)
        await eager.until_idle()
    await until(lambda: not _hearts())
    (row,) = await eager.journal()
    assert (row.state, row.ended_by, row.status, row.ran_s) == ("cancelled", "client", 200, 0)


@pytest.mark.parametrize("go", WAYS)
async def test_one_that_leaves_while_ollama_prefills_stops_it_there(eager: House, go: Way) -> None:
    key = await eager.key()
    eager.upstream.engine.scripts.append((stall(),))
    async with eager.wire() as wire:
        await wire.send(chat_request(key))
        await wire.reader.readuntil(b" \r\n")
        go(wire)
        await eager.upstream.engine.until_cancelled(1)
        await eager.until_idle()
    await until(lambda: not _hearts())
    (row,) = await eager.journal()
    assert (row.state, row.ended_by, row.status, row.first_byte_s) == ("cancelled", "client", 200, None)


@pytest.mark.parametrize("go", WAYS)
async def test_one_that_leaves_while_its_model_is_asked_for_lets_that_finish_and_beats_no_more(
    eager: House, go: Way
) -> None:
    key = await eager.key()
    is_asked, may_answer, has_answered = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def show(exchange: Exchange) -> None:
        is_asked.set()
        await may_answer.wait()
        await exchange.respond(404, "application/json", b"{}")
        has_answered.set()

    eager.upstream.route("POST", "/api/show", show)
    eager.gate.pause()
    async with eager.wire() as wire:
        await wire.send(chat_request(key))
        await asyncio.wait_for(is_asked.wait(), 5)
        go(wire)
        await eager.until_idle()
        may_answer.set()
        await asyncio.wait_for(has_answered.wait(), 5)
    await until(lambda: not _hearts())
    (row,) = await eager.journal()
    assert (row.state, row.ended_by, row.status) == ("cancelled", "client", None)


async def test_one_admitted_while_its_model_is_asked_for_hears_its_answer_alone(eager: House) -> None:
    key = await eager.key()
    is_asked, may_answer = asyncio.Event(), asyncio.Event()

    async def show(exchange: Exchange) -> None:
        is_asked.set()
        await may_answer.wait()
        await exchange.respond(404, "application/json", b"{}")

    eager.upstream.route("POST", "/api/show", show)
    eager.gate.pause()
    async with eager.wire() as wire:
        await wire.send(chat_request(key))
        await asyncio.wait_for(is_asked.wait(), 5)
        eager.assembly.turnstile.control("resume")
        answer = await wire.answer("POST")
        assert answer is not None
        assert answer.header("x-queue-wait-ms") is not None
        assert [json.loads(line)["done"] for line in answer.body.splitlines()] == [False, False, False, True]
        may_answer.set()
    await until(lambda: not _hearts())


async def test_fillers_never_stand_within_a_record_however_it_is_cut(eager: House) -> None:
    key = await eager.key()
    pieces = (b"data: {", b'"a":1}', b"\n", b"\n", b"data: [DONE]\r\n", b"\r\n")

    async def route(exchange: Exchange) -> None:
        await exchange.start(200, [(b"Content-Type", b"text/event-stream")])
        for piece in pieces:
            await exchange.write(piece)
            await asyncio.sleep(0.03)
        await exchange.finish()

    eager.upstream.route("POST", "/v1/messages", route)
    async with eager.wire() as wire:
        body = json.dumps({**json.loads(CHAT_BYTES), "stream": True}).encode()
        answer = await wire.ask(request("POST", "/v1/messages", body, f"X-API-Key: {key}"))
    first, _, second = answer.body.partition(b'data: {"a":1}\n\n')
    assert b": ping\n\n" in second
    assert first.replace(b": ping\n\n", b"") == b""
    assert second.replace(b": ping\n\n", b"") == b"data: [DONE]\r\n\r\n"


async def test_a_pipelined_request_hears_its_own_answer_behind_one_that_began_early(eager: House) -> None:
    key = await eager.key()
    busy = await eager.occupy(key)
    async with eager.wire() as wire:
        await wire.send(chat_request(key) + chat_request(key) + request("GET", "/gate/health"))
        await eager.until_waiting(1)
        await wire.reader.readuntil(b" \r\n")
        eager.upstream.engine.release()
        rest = await wire.reader.readuntil(b'{"status":"ok"}')
    assert rest.count(b"HTTP/1.1 200 OK") == 2
    assert rest.count(b'"done":true') == 2
    await busy
    await eager.until_idle()
    assert [row.state for row in await eager.journal()] == ["done"] * 3


async def test_a_filler_that_comes_too_late_does_not_end_up_in_the_next_answer(eager: House) -> None:
    key = await eager.key()
    busy = await eager.occupy(key)
    async with eager.wire() as wire:
        await wire.send(chat_request(key) + chat_request(key))
        await eager.until_waiting(1)
        heart = eager.assembly.exchanges._hearts[eager.gate.waiting[0].id]
        await wire.reader.readuntil(b" \r\n")
        eager.assembly.turnstile.cancel(eager.gate.waiting[0], by="test")
        await wire.reader.readuntil(b"0\r\n\r\n")
        await wire.reader.readuntil(b" \r\n")
        assert not await heart._inject(b"astray")
        eager.upstream.engine.release()
        assert b"astray" not in await wire.reader.readuntil(b"0\r\n\r\n")
    await busy


async def test_embeddings_come_in_one_piece_and_never_begin_early(eager: House) -> None:
    key = await eager.key()
    eager.gate.pause()
    async with eager.wire() as wire:
        await wire.send(request("POST", "/api/embed", b'{"model":"gemma3:270m","input":"x"}', f"X-API-Key: {key}"))
        await eager.until_waiting(1)
        assert not eager.gate.waiting[0].is_streamed
        assert not _hearts()


async def test_a_crowd_that_comes_and_goes_leaves_no_heart_beating(eager: House) -> None:
    key = await eager.key(max_waiting=200)
    before = len(asyncio.all_tasks())
    for turn in range(5):
        wires = [await asyncio.open_connection("127.0.0.1", eager.port) for _ in range(40)]
        for _, writer in wires:
            writer.write(chat_request(key) * (1 + turn % 2))
        # Some leave before their head, some as their model is asked for, some between two fillers.
        for number, (_, writer) in enumerate(wires):
            await asyncio.sleep(0.001 * (number % 3))
            writer.transport.abort() if number % 2 else writer.close()
    await until(lambda: eager.gate.is_idle and not _hearts())
    await until(lambda: len(asyncio.all_tasks()) <= before)
    assert eager.assembly.exchanges._hearts == {}
