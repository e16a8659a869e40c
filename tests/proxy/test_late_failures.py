"""What goes wrong after the 200 is spent is one record in the stream's own form, and the connection lives on."""

# What a test of the inside looks at has no public name.
# pyright: reportPrivateUsage=false

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path

import pytest

from addon.demo.http1 import Exchange
from addon.proxy import forwarding
from tests.proxy.houses import CHAT, House, chat_request, house_with_fake
from tests.proxy.waiting import Waiting
from tests.proxy.wire import Wire, request

type Route = Callable[[Exchange], Awaitable[None]]

STREAMED = json.dumps(CHAT | {"stream": True}).encode()
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n"
BROKEN = "Ollama broke off before it had answered."


@pytest.fixture
async def hasty(tmp_path: Path) -> AsyncGenerator[House]:
    """A gate that begins every stream at once, and expects as much of its upstream."""
    limits = {"EARLY_RESPONSE_AFTER_S": "0.02", "HEARTBEAT_S": "0.02", "FIRST_BYTE_TIMEOUT_S": "0.3"}
    environ = {f"SLUICE_QUEUE__{name}": value for name, value in limits.items()}
    async with house_with_fake(tmp_path / "data", **environ) as running:
        yield running


class Late:
    """A route that is silent until the stream has begun without it, then sends these bytes."""

    def __init__(self, house: House, data: bytes, path: str = "/api/chat", *, then_close: bool = False) -> None:
        self._has_begun = asyncio.Event()
        self._data = data
        self._then_close = then_close
        house.upstream.route("POST", path, self._route)

    async def ask(self, wire: Wire, key: str, path: str = "/api/chat") -> tuple[bytes, bool]:
        """The body behind the early head without its fillers, and whether it was ended by the rules."""
        await wire.send(request("POST", path, STREAMED, f"X-API-Key: {key}"))
        wire._rest = await wire.reader.readuntil(b"\r\n\r\n")
        self._has_begun.set()
        answer = await wire.answer("POST")
        assert answer is not None
        assert (answer.status, answer.header("x-queue-wait-ms")) == (200, None)
        return answer.body.replace(b": ping\n\n", b"").lstrip(b" "), answer.is_whole

    async def _route(self, exchange: Exchange) -> None:
        await self._has_begun.wait()
        exchange.transport.write(self._data)
        if self._then_close:
            exchange.transport.close()
        await asyncio.Event().wait()


def _odd(status: bytes, body: bytes = b"") -> bytes:
    return b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)


NO_ANSWER: dict[str, bytes] = {
    "nothing": _odd(b"200 OK"),
    "a stream of nothing": HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "no content": b"HTTP/1.1 204 No Content\r\n\r\n",
    "not modified": b"HTTP/1.1 304 Not Modified\r\n\r\n",
    "elsewhere": _odd(b"302 Found", b"moved"),
    "an error without a text": _odd(b"500 Oops"),
    "Go's own page": _odd(b"404 Not Found", b"404 page not found"),
    "a proxy's page": _odd(b"502 Bad Gateway", b"<html>\r\n</html>\n"),
    "some other JSON": _odd(b"500 Oops", b"[1]"),
    "garbage": b"\x00\x01 this is not HTTP\r\n\r\n",
}


@pytest.mark.parametrize("what", NO_ANSWER)
async def test_an_upstream_that_answers_with_no_stream_and_no_error_is_told_as_broken(
    hasty: House, what: str
) -> None:
    key = await hasty.key()
    late = Late(hasty, NO_ANSWER[what], then_close=what == "garbage")
    async with hasty.wire() as wire:
        assert await late.ask(wire, key) == (
            json.dumps({"error": BROKEN}).replace(": ", ":").encode() + b"\n",
            True,
        )
        assert (await wire.ask(request("GET", "/gate/health"))).status == 200
    (row,) = await hasty.journal()
    assert (row.state, row.ended_by, row.status) == ("failed", "upstream", 200)


async def test_an_error_of_the_upstreams_own_passes_as_one_record(hasty: House) -> None:
    key = await hasty.key()
    late = Late(hasty, _odd(b"400 Bad Request", b'{\r\n"error": "no  such\\nthing"}\r\n'))
    async with hasty.wire() as wire:
        assert await late.ask(wire, key) == (b'{ "error": "no  such\\nthing"}\n', True)
    (row,) = await hasty.journal()
    assert (row.state, row.ended_by, row.status) == ("failed", "upstream", 200)


@pytest.mark.parametrize("status", [b"100 Continue", b"101 Upgraded", b"103 Early Hints"])
async def test_an_interim_answer_is_told_as_broken_and_closes_the_connection(hasty: House, status: bytes) -> None:
    key = await hasty.key()
    late = Late(hasty, b"HTTP/1.1 " + status + b"\r\n\r\n")
    async with hasty.wire() as wire:
        body, is_whole = await late.ask(wire, key)
        assert (json.loads(body), is_whole) == ({"error": BROKEN}, True)
        assert await wire.closes() == b""
    await hasty.until_idle()
    (row,) = await hasty.journal()
    assert (row.state, row.ended_by, row.status) == ("failed", "upstream", 200)


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        (b'ff\r\n{}\n{"a', b'{}\n{"a'),
        (b"ff\r\n{}\n", b'{}\n{"error":"' + BROKEN.encode() + b'"}\n'),
        (b"3\r\n{}\n\r\n", b'{}\n{"error":"' + BROKEN.encode() + b'"}\n'),
    ],
    ids=["in a record", "behind a record", "behind a chunk"],
)
async def test_a_stream_that_breaks_off_after_its_first_record_says_why_and_never_looks_whole(
    hasty: House, rest: bytes, said: bytes
) -> None:
    key = await hasty.key()
    late = Late(hasty, HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + rest, then_close=True)
    async with hasty.wire() as wire:
        assert await late.ask(wire, key) == (said, False)
    await hasty.until_idle()


async def test_the_upstreams_own_framing_does_not_show_behind_an_early_head(hasty: House) -> None:
    key = await hasty.key()
    record = b'{"done":true}\n'
    late = Late(hasty, HEAD + b"Connection: close\r\n\r\n" + record, then_close=True)
    async with hasty.wire() as wire:
        assert await late.ask(wire, key) == (record, True)
        assert (await wire.ask(request("GET", "/gate/health"))).status == 200


@pytest.mark.parametrize(
    ("path", "begins"),
    [
        ("/v1/messages", b'event: error\ndata: {"type":"error","error":{"type":"api_error"'),
        ("/v1/completions", b'data: {"error":{"message":"Ollama broke off'),
    ],
)
@pytest.mark.parametrize("prefix", ["", "/api/code"])
async def test_each_path_hears_it_in_its_own_dialect(hasty: House, path: str, begins: bytes, prefix: str) -> None:
    key = await hasty.key()
    late = Late(hasty, b"HTTP/1.1 204 No Content\r\n\r\n", path)
    async with hasty.wire() as wire:
        body, is_whole = await late.ask(wire, key, prefix + path)
    assert body.startswith(begins)
    assert body.endswith(b"}\n\n")
    assert is_whole


async def test_silence_behind_an_early_head_ends_at_the_first_byte_deadline(hasty: House) -> None:
    key = await hasty.key()
    async with hasty.wire() as wire:
        body, is_whole = await Late(hasty, b"").ask(wire, key)
    assert "first_byte_timeout_s" in json.loads(body)["error"]
    assert is_whole
    (row,) = await hasty.journal()
    assert (row.state, row.ended_by, row.status) == ("timed_out", "gate", 200)


async def test_a_failed_attempt_to_connect_is_not_remembered_against_the_next_request(hasty: House) -> None:
    key = await hasty.key()
    hasty.gate.pause()
    async with hasty.wire() as wire:
        await wire.send(chat_request(key))
        await wire.reader.readuntil(b" \r\n")
        await hasty.upstream.stop()
        hasty.assembly.turnstile.control("resume")
        assert b"did not accept the connection" in await wire.reader.readuntil(b"0\r\n\r\n")
        await hasty.upstream.start(hasty.upstream.port)
        assert b'"done":true' in (await wire.ask(chat_request(key))).body


async def test_a_hook_that_fails_behind_an_early_head_is_told_and_closes_the_connection(
    hasty: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def raises(*_: object) -> None:
        raise RuntimeError("sabotage")

    key = await hasty.key()
    monkeypatch.setattr(forwarding, "harden_ollama_answer", raises)
    late = Late(hasty, HEAD + b"Content-Length: 3\r\n\r\n{}\n")
    async with hasty.wire() as wire:
        body, is_whole = await late.ask(wire, key)
        assert "Sluice failed" in json.loads(body)["error"]
        assert is_whole
        assert await wire.closes() == b""
    await hasty.until_idle()


async def test_a_hook_that_fails_before_the_upstream_is_told_in_the_dialect_of_the_path_without_prefix(
    hasty: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def raises(*_: object) -> None:
        raise RuntimeError("sabotage")

    key = await hasty.key()
    hasty.gate.pause()
    async with hasty.wire() as wire:
        await wire.send(request("POST", "/api/code/v1/completions", STREAMED, f"X-API-Key: {key}"))
        await wire.reader.readuntil(b"\n\n\r\n")
        monkeypatch.setattr(forwarding, "for_ollama", raises)
        hasty.assembly.turnstile.control("resume")
        said = await wire.reader.readuntil(b"0\r\n\r\n")
    assert b'data: {"error":{"message":"Sluice failed' in said
    await hasty.until_idle()


async def test_a_drain_is_told_inside_the_stream_before_the_gate_is_gone(hasty: House) -> None:
    key = await hasty.key()
    busy = await hasty.occupy(key)
    async with Waiting(hasty, key, "/api/chat", CHAT) as waiting:
        await waiting.until(1)
        hasty.server.drain()
        assert "shutting down" in json.loads(await waiting.rest())["error"]
    hasty.upstream.engine.release()
    await busy
    await asyncio.wait_for(hasty.serving, 5)


async def test_the_longest_wait_is_told_inside_the_stream(hasty: House) -> None:
    key = await hasty.key()
    hasty.gate.pause()
    async with Waiting(hasty, key, "/api/chat", CHAT) as waiting:
        await waiting.until(1)
        due_us = hasty.gate.next_deadline_us()
        assert due_us is not None
        hasty.assembly.turnstile.clock = lambda: due_us
        hasty.assembly.turnstile._tick()
        assert "waited" in json.loads(await waiting.rest())["error"]
    (row,) = await hasty.journal()
    assert (row.state, row.ended_by, row.status) == ("timed_out", "gate", 200)
