"""Streams that begin before their turn: what a client hears while it waits, and how a late failure is told."""

import asyncio
import json

from addon.demo.http1 import Exchange
from tests.fakes.ollama import replying
from tests.proxy.houses import CHAT, MODEL, House, chat_request
from tests.proxy.waiting import Waiting
from tests.proxy.wire import request

OPENAI = {"model": MODEL, "messages": CHAT["messages"], "stream": True}


async def test_a_waiting_ndjson_stream_hears_spaces_and_then_the_answer_byte_for_byte(quick: House) -> None:
    key = await quick.key()
    busy = await quick.occupy(key)
    async with Waiting(quick, key, "/api/chat", CHAT) as waiting:
        assert waiting.answer.status_code == 200
        assert waiting.answer.headers["content-type"] == "application/x-ndjson"
        assert waiting.answer.headers["x-queue-position"] == "1"
        assert "x-queue-wait-ms" not in waiting.answer.headers
        assert await waiting.until(3) == b"   "
        quick.upstream.engine.release()
        records = [json.loads(line) for line in (await waiting.rest()).splitlines()]
    assert [record["message"]["content"] for record in records] == ["One", " two", " three", ""]
    await busy
    await quick.until_idle()
    assert [row.status for row in await quick.journal()] == [200, 200]


async def test_a_waiting_sse_stream_hears_comments(quick: House) -> None:
    key = await quick.key()
    busy = await quick.occupy(key)
    async with Waiting(quick, key, "/v1/chat/completions", OPENAI) as waiting:
        assert waiting.answer.headers["content-type"].startswith("text/event-stream")
        assert (await waiting.until(16))[:16] == b": ping\n\n: ping\n\n"
        quick.upstream.engine.release()
        body = await waiting.rest()
    assert body.rstrip().endswith(b"data: [DONE]")
    await busy


async def test_nothing_is_sent_before_the_patience_is_over(quick: House) -> None:
    key = await quick.key()
    answer = await quick.chat(key)
    assert answer.content.startswith(b"{")
    assert "x-queue-wait-ms" in answer.headers


async def test_a_request_that_does_not_stream_gets_no_early_answer(quick: House) -> None:
    key = await quick.key()
    busy = await quick.occupy(key)
    asking = quick.posting("/api/chat", CHAT | {"stream": False}, key)
    await quick.until_waiting(1)
    done, _ = await asyncio.wait([asking], timeout=0.4)
    assert not done
    quick.upstream.engine.release()
    assert (await asking).headers["x-queue-wait-ms"] > "0"
    await busy


async def test_an_answer_in_one_piece_begins_early_where_the_key_allows_it(quick: House) -> None:
    key = await quick.key(early_json=True)
    busy = await quick.occupy(key)
    async with Waiting(quick, key, "/api/chat", CHAT | {"stream": False}) as waiting:
        assert waiting.answer.headers["content-type"] == "application/json"
        assert await waiting.until(2) == b"  "
        quick.upstream.engine.release()
        body = await waiting.rest()
    assert json.loads(body)["message"]["content"] == "One two three"
    await busy


async def test_a_late_refusal_of_an_answer_in_one_piece_is_its_body(quick: House) -> None:
    key = await quick.key(early_json=True)
    busy = await quick.occupy(key)
    async with Waiting(quick, key, "/v1/chat/completions", OPENAI | {"stream": False}) as waiting:
        await waiting.until(1)
        quick.assembly.turnstile.cancel(quick.gate.waiting[0], by="test")
        assert json.loads(await waiting.rest())["error"]["code"] == "cancelled"
    quick.upstream.engine.release()
    await busy


async def test_nothing_is_put_into_an_answer_in_one_piece_that_has_begun(quick: House) -> None:
    going_on = asyncio.Event()

    async def slow(exchange: Exchange) -> None:
        await exchange.start(200, [(b"Content-Type", b"application/json"), (b"Content-Length", b"11")])
        await exchange.write(b'{"one":')
        await going_on.wait()
        await exchange.write(b"true")
        exchange.transport.close()

    quick.upstream.route("POST", "/api/chat", slow)
    async with Waiting(quick, await quick.key(early_json=True), "/api/chat", CHAT | {"stream": False}) as waiting:
        assert await waiting.until(7) == b'{"one":'
        await asyncio.sleep(0.3)  # three heartbeats long
        going_on.set()
        assert await waiting.rest() == b'{"one":true'


async def test_silence_between_records_is_filled_and_silence_within_one_is_not(quick: House) -> None:
    quick.upstream.engine.scripts.append(("One", going_on := asyncio.Event(), " two"))
    async with Waiting(quick, await quick.key(), "/api/chat", CHAT) as waiting:
        first = (await waiting.until(1)).find(b"\n") + 1
        assert (await waiting.until(first + 2))[first:] == b"  "
        going_on.set()
        records = [json.loads(line) for line in (await waiting.rest()).splitlines()]
    assert [record["message"]["content"] for record in records] == ["One", " two", ""]


async def test_a_cancel_while_waiting_is_told_inside_the_stream_that_has_begun(quick: House) -> None:
    key = await quick.key()
    busy = await quick.occupy(key)
    async with Waiting(quick, key, "/api/chat", CHAT) as waiting:
        await waiting.until(1)
        quick.assembly.turnstile.cancel(quick.gate.waiting[0], by="test")
        assert "cancelled" in json.loads(await waiting.rest())["error"]
    quick.upstream.engine.release()
    await busy
    assert len(quick.upstream.engine.started) == 1


async def test_on_openais_path_a_late_refusal_is_an_error_event(quick: House) -> None:
    key = await quick.key()
    busy = await quick.occupy(key)
    async with Waiting(quick, key, "/v1/chat/completions", OPENAI) as waiting:
        await waiting.until(1)
        quick.assembly.turnstile.cancel(quick.gate.waiting[0], by="test")
        last = (await waiting.rest()).strip().rpartition(b"\n\n")[2]
    assert json.loads(last.removeprefix(b"data: "))["error"]["code"] == "cancelled"
    quick.upstream.engine.release()
    await busy


async def test_an_upstream_error_after_the_head_is_told_inside_the_stream(quick: House) -> None:
    key = await quick.key()
    busy = await quick.occupy(key)
    async with Waiting(quick, key, "/api/chat", CHAT) as waiting:
        await waiting.until(1)
        quick.upstream.route("POST", "/api/chat", replying(500, b'{"error":"no memory left"}'))
        quick.upstream.engine.release()
        assert json.loads(await waiting.rest()) == {"error": "no memory left"}
    await busy
    await quick.until_idle()


async def test_an_upstream_that_is_gone_after_the_head_is_told_inside_the_stream(quick: House) -> None:
    key = await quick.key()
    busy = await quick.occupy(key)
    async with Waiting(quick, key, "/api/chat", CHAT) as waiting:
        await waiting.until(1)
        await quick.upstream.stop()
        assert "Ollama" in json.loads(await waiting.rest())["error"]
    await busy
    await quick.until_idle()


async def test_a_model_that_is_not_installed_is_refused_before_the_200_is_spent(quick: House) -> None:
    key = await quick.key()
    busy = await quick.occupy(key)
    answer = await quick.client.post("/api/chat", json=CHAT | {"model": "nobody"}, headers={"X-API-Key": key})
    assert (answer.status_code, answer.headers["x-sluice-reason"]) == (404, "model_unknown")
    quick.upstream.engine.release()
    await busy


async def test_the_connection_serves_the_next_request_after_an_early_answer(quick: House) -> None:
    key = await quick.key()
    busy = await quick.occupy(key)
    async with quick.wire() as wire:
        await wire.send(chat_request(key))
        await quick.until_waiting(1)
        asyncio.get_running_loop().call_later(0.3, quick.upstream.engine.release)
        first = await wire.answer("POST")
        assert first is not None
        assert first.is_whole
        assert first.body.startswith(b" ")
        assert first.body.count(b"\n") == 4
        second = await wire.ask(request("GET", "/api/version", None, f"X-API-Key: {key}"))
        assert b"version" in second.body
    await busy


async def test_http_1_0_gets_no_early_answer(quick: House) -> None:
    key = await quick.key()
    busy = await quick.occupy(key)
    async with quick.wire() as wire:
        await wire.send(chat_request(key).replace(b"HTTP/1.1", b"HTTP/1.0", 1))
        await quick.until_waiting(1)
        asyncio.get_running_loop().call_later(0.4, quick.upstream.engine.release)
        answer = await wire.answer("POST")
        assert answer is not None
        assert answer.body.startswith(b"{")
    await busy


async def test_a_client_that_leaves_during_the_heartbeats_is_forgotten(quick: House) -> None:
    key = await quick.key()
    busy = await quick.occupy(key)
    async with Waiting(quick, key, "/api/chat", CHAT) as waiting:
        await waiting.until(1)
    await quick.until_waiting(0)
    quick.upstream.engine.release()
    await busy
    await quick.until_idle()
    assert len(quick.upstream.engine.started) == 1
