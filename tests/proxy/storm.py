"""Requests of every kind and fate, mixed by a seeded dice: served, left, broken off, refused, malformed."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from addon.demo.http1 import Exchange
from tests.proxy.houses import CHAT_BYTES, House, chat_request
from tests.proxy.wire import Wire, request

_UUID = "11111111-2222-3333-4444-555555555555"

type Act = Callable[[Wire], Awaitable[object]]


def acts(house: House, key: str, dice: random.Random) -> Sequence[Act]:
    """What a client may do; `/api/generate` breaks off at the upstream."""
    house.upstream.engine.script_for = lambda _: ["a", "b", dice.random() * 0.01, "c"]
    house.upstream.route("POST", "/api/generate", _break_off)
    return (
        lambda wire: wire.ask(chat_request(key)),
        lambda wire: wire.ask(chat_request(key)),
        lambda wire: _leave(wire, chat_request(key), dice.random() * 0.02),
        lambda wire: _leave(wire, chat_request(key), dice.random() * 0.05),
        lambda wire: _leave(wire, chat_request(key, f"X-Queue-Ticket: {_UUID}"), dice.random() * 0.01),
        lambda wire: wire.ask(chat_request(key, path="/api/generate")),
        lambda wire: wire.ask(chat_request(None)),
        lambda wire: wire.ask(request("POST", "/api/chat", b"x" * 1025, f"X-API-Key: {key}")),
        lambda wire: wire.ask(b"POST /api/chat HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n"),
        lambda wire: _leave(wire, _with_trailers(key), 0.01),
    )


async def perform(house: House, chosen: Sequence[Act]) -> None:
    """Do all of these at once, each on a connection of its own, and return when the last is over."""

    async def act(one: Act) -> None:
        async with house.wire() as wire:
            await one(wire)

    async with asyncio.TaskGroup() as group:
        for one in chosen:
            group.create_task(act(one))


def open_files() -> int:
    """How many file descriptors this process holds."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


async def _break_off(exchange: Exchange) -> None:
    exchange.reset()


async def _leave(wire: Wire, data: bytes, after_s: float) -> None:
    await wire.send(data)
    await asyncio.sleep(after_s)  # leaving at a random moment is the point
    wire.reset()


def _with_trailers(key: str) -> bytes:
    head = request("POST", "/api/chat", None, f"X-API-Key: {key}", "Transfer-Encoding: chunked")
    return head + f"{len(CHAT_BYTES):x}\r\n".encode() + CHAT_BYTES + b"\r\n0\r\nX: 1\r\n\r\n"
