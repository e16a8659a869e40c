"""What a flood on one connection costs: bounds, measured at a gate in a process of its own."""

import asyncio
import time
from contextlib import suppress

import pytest

from tests.hostile.harness import ask
from tests.hostile.outside import MIB, Outside, flood
from tests.proxy.wire import Answer, Wire, wire_to
from tests.showing import show

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(180)]

GIB = 2**30
PIECE = b"X-Flood: " + b"y" * (2**16 - 11) + b"\r\n"

HEADS = {
    "fields": (b"GET /api/tags HTTP/1.1\r\nHost: localhost\r\n", PIECE),
    "one field": (b"GET /api/tags HTTP/1.1\r\nHost: localhost\r\nX: ", b"y" * 2**16),
    "a request line": (b"GET /", b"y" * 2**16),
    "line ends": (b"", b"\r\n" * 2**15),
    "nothing like HTTP": (b"", bytes(2**16)),
}


@pytest.mark.parametrize("kind", HEADS)
async def test_150_mb_of_a_head_cost_little_and_are_cut_soon(kind: str, outside: Outside) -> None:
    start, piece = HEADS[kind]
    async with outside.costs_little(f"150 MB of {kind}"), wire_to(outside.gate.port) as wire:
        await wire.send(start)
        assert await flood(wire, piece, 150 * MIB) < 10


async def test_who_goes_on_sending_behind_a_refusal_is_cut(outside: Outside) -> None:
    async with wire_to(outside.gate.port) as wire:
        await wire.send(b"GET / HTTP/2.0\r\n\r\n")
        start = time.monotonic()
        with suppress(ConnectionError):
            while time.monotonic() - start < 8:
                await wire.send(b"x")
                await asyncio.sleep(0.1)  # the slowness is the attack
        assert time.monotonic() - start < 8


def upload(*lines: str, target: str = "/api/chat", key: str | None = None) -> bytes:
    return ask("POST", target, "Content-Type: application/json", *lines, body=None, key=key)


CHUNK = b"10000\r\n" + b"y" * 2**16 + b"\r\n"
UPLOADS = {
    "a length": (upload(f"Content-Length: {GIB}"), b"y" * 2**16, 401),
    "chunks": (upload("Transfer-Encoding: chunked"), CHUNK, 401),
    "a blob": (upload(f"Content-Length: {GIB}", target="/api/blobs/sha256:" + "0" * 64), b"y" * 2**16, 401),
    "an unknown path": (upload(f"Content-Length: {GIB}", target="/api/x"), b"y" * 2**16, 404),
    "a foreign host": (upload(f"Content-Length: {GIB}").replace(b"127.0.0.1", b"evil.example"), b"y" * 2**16, 421),
    "a wrong expectation": (upload("Expect: x", f"Content-Length: {GIB}"), b"y" * 2**16, 417),
}


async def _answer_while_sending(wire: Wire, head: bytes, piece: bytes) -> tuple[Answer, float, float]:
    """The answer to an upload that is sent on all the while, when it had come, and when the connection closed."""

    async def send_on() -> None:
        with suppress(ConnectionError):
            for _ in range(GIB // len(piece)):
                await wire.send(piece)

    start = time.monotonic()
    await wire.send(head)
    async with asyncio.TaskGroup() as group:
        sending = group.create_task(send_on())
        answer = await wire.answer()
        answered_after_s = time.monotonic() - start
        await wire.closes()
        closed_after_s = time.monotonic() - start
        sending.cancel()
    assert answer is not None, "the upload was closed without an answer"
    return answer, answered_after_s, closed_after_s


@pytest.mark.parametrize("kind", UPLOADS)
async def test_a_large_upload_is_refused_at_once_and_unread(kind: str, outside: Outside) -> None:
    head, piece, status = UPLOADS[kind]
    async with outside.costs_little(f"1 GB as {kind}"), wire_to(outside.gate.port) as wire:
        answer, answered_after_s, closed_after_s = await _answer_while_sending(wire, head, piece)
        show(f"\n{status} after {answered_after_s * 1000:.0f} ms, closed after {closed_after_s:.2f} s")
        assert answer.status == status
        assert answered_after_s < 1
        assert closed_after_s < 10


async def test_100_mb_pipelined_behind_a_held_request_cost_little(outside: Outside) -> None:
    engine = outside.upstream.engine
    async with outside.costs_little("100 MB pipelined"):
        engine.hold()
        async with wire_to(outside.gate.port) as wire:
            await wire.send(ask(key=outside.gate.key))
            await engine.until_running(1)
            await flood(wire, ask() * 200, 100 * MIB)
        await engine.pulse.until(lambda: engine.running == 0)
        engine.release()
