"""Talking to a llama.cpp server: events, refusals, and a server that goes away."""

import asyncio
from contextlib import aclosing

import pytest

from addon.demo.engine import EngineError
from addon.demo.http1 import Exchange
from addon.demo.llama_client import BROKE_OFF, LlamaClient
from tests.demo.sockets import serving


def client(port: int) -> LlamaClient:
    return LlamaClient("127.0.0.1", port, "secret")


async def test_events_arrive_whole_however_they_are_cut() -> None:
    async def answer(exchange: Exchange) -> None:
        await exchange.start(200, [])
        for part in (b'data: {"a"', b":1}\n\ndata: ", b'{"a":2}\n\n: ping\n\n'):
            await exchange.write(part)
        await exchange.finish()

    async with serving(answer) as port:
        events = [event async for event in client(port).stream("/completion", {})]
    assert events == [{"a": 1}, {"a": 2}]


async def test_the_key_and_the_body_are_sent() -> None:
    async def answer(exchange: Exchange) -> None:
        assert exchange.request.header("authorization") == "Bearer secret"
        await exchange.respond(200, "application/json", exchange.request.body)

    async with serving(answer) as port:
        assert await client(port).ask("/tokenize", {"content": "hi"}) == {"content": "hi"}


async def test_a_refusal_carries_llamas_own_words() -> None:
    async def answer(exchange: Exchange) -> None:
        await exchange.respond(400, "application/json", b'{"error":{"code":400,"message":"too long"}}')

    async with serving(answer) as port:
        with pytest.raises(EngineError, match="too long"):
            await client(port).ask("/tokenize", {})


async def test_an_error_in_the_stream_is_raised() -> None:
    async def answer(exchange: Exchange) -> None:
        await exchange.respond(200, "text/event-stream", b'data: {"error":{"message":"no memory"}}\n\n')

    async with serving(answer) as port:
        with pytest.raises(EngineError, match="no memory"):
            _ = [event async for event in client(port).stream("/completion", {})]


async def test_a_server_that_goes_away_is_an_error() -> None:
    async def answer(exchange: Exchange) -> None:
        await exchange.start(200, [])
        await exchange.write(b'data: {"a":1}\n\n')
        exchange.reset()

    async with serving(answer) as port:
        with pytest.raises(EngineError, match=BROKE_OFF):
            _ = [event async for event in client(port).stream("/completion", {})]
    with pytest.raises(EngineError, match=BROKE_OFF):
        await client(port).ask("/tokenize", {})


async def test_closing_the_stream_leaves_the_server() -> None:
    left = asyncio.Event()

    async def answer(exchange: Exchange) -> None:
        await exchange.start(200, [])
        await exchange.write(b'data: {"a":1}\n\n')
        try:
            await asyncio.Event().wait()
        finally:
            left.set()

    async with serving(answer) as port:
        async with aclosing(client(port).stream("/completion", {})) as events:
            assert await anext(events) == {"a": 1}
        async with asyncio.timeout(0.2):
            await left.wait()
