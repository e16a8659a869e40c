"""An upstream that misbehaves: the client is told, a broken answer never looks whole, and the slot comes back."""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path

import pytest

from addon.demo.http1 import Exchange
from tests.fakes.engine import stall
from tests.fakes.ollama import replying
from tests.proxy.houses import CHAT, House, chat_request, house_with_fake, until
from tests.proxy.wire import request

type Route = Callable[[Exchange], Awaitable[None]]


@pytest.fixture
async def impatient(tmp_path: Path) -> AsyncGenerator[House]:
    """A gate whose deadlines pass in an instant."""
    async with house_with_fake(
        tmp_path / "data",
        SLUICE_QUEUE__FIRST_BYTE_TIMEOUT_S="0.1",
        SLUICE_QUEUE__IDLE_TIMEOUT_S="0.1",
        SLUICE_QUEUE__MAX_HOLD_S="0.25",
    ) as running:
        yield running


def _sending(data: bytes, *, then_reset: bool = False) -> Route:
    async def route(exchange: Exchange) -> None:
        exchange.transport.write(data)
        # The handler's end closes the connection: no answer was given by the rules.
        if then_reset:
            exchange.reset()
        else:
            exchange.transport.close()

    return route


async def _wait_forever(exchange: Exchange) -> None:
    await asyncio.Event().wait()


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n"

BEFORE_THE_ANSWER: dict[str, Route] = {
    "closed at once": _sending(b""),
    "reset at once": _sending(b"", then_reset=True),
    "garbage": _sending(b"\x00\x01 this is not HTTP\r\n\r\n"),
    "half a head": _sending(HEAD),
    "length and chunks": _sending(HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nhello"),
    "bad status": _sending(b"HTTP/1.1 2x0 OK\r\n\r\n"),
}


@pytest.mark.parametrize("fault", BEFORE_THE_ANSWER)
async def test_a_fault_before_the_answer_is_a_502(house: House, fault: str) -> None:
    key = await house.key()
    house.upstream.route("POST", "/api/chat", BEFORE_THE_ANSWER[fault])
    async with house.wire() as wire:
        answer = await wire.ask(chat_request(key))
        assert (answer.status, answer.reason, answer.is_whole) == (502, "upstream_broken", True)
    await house.until_idle()
    (row,) = await house.journal()
    assert (row.state, row.ended_by, row.status) == ("failed", "upstream", 502)


async def test_an_upstream_that_is_not_there_is_a_502_in_the_paths_dialect(house: House) -> None:
    key = await house.key()
    await house.upstream.stop()
    native = await house.chat(key)
    assert (native.status_code, native.headers["x-sluice-reason"]) == (502, "upstream_unreachable")
    assert native.headers["content-type"] == "application/json"
    assert isinstance(native.json()["error"], str)
    openai = await house.client.post("/v1/chat/completions", json=CHAT, headers={"X-API-Key": key})
    assert openai.json()["error"]["code"] == "upstream_unreachable"
    anthropic = await house.client.post("/v1/messages", json=CHAT, headers={"X-API-Key": key})
    assert anthropic.json()["error"]["type"] == "api_error"
    tags = await house.client.get("/api/tags", headers={"X-API-Key": key})
    assert tags.status_code == 502
    await house.until_idle()
    await house.upstream.start(house.upstream.port)
    assert (await house.chat(key)).status_code == 200


async def test_an_unreachable_upstream_answers_head_without_a_body(house: House) -> None:
    key = await house.key()
    await house.upstream.stop()
    async with house.wire() as wire:
        await wire.send(request("HEAD", "/api/version", None, f"X-API-Key: {key}"))
        said = await wire.closes()
    assert said.startswith(b"HTTP/1.1 502 ")
    assert said.endswith(b"\r\n\r\n")


async def test_an_expectation_does_not_swallow_the_502(house: House) -> None:
    key = await house.key()
    await house.upstream.stop()
    async with house.wire() as wire:
        await wire.send(chat_request(key, "Expect: 100-continue"))
        said = await wire.closes()
    assert said.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 502 ")


MID_STREAM: dict[str, Route] = {
    "chunks that break off": _sending(HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\n{}\n\r\n"),
    "chunks that are reset": _sending(HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\n{}\n\r\n", then_reset=True),
    "half a chunk": _sending(HEAD + b"Transfer-Encoding: chunked\r\n\r\nff\r\n{}\n"),
    "a chunk of no size": _sending(HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\n{}\n\r\nzz\r\n"),
    "a body cut short": _sending(HEAD + b"Content-Length: 100\r\n\r\n{}\n"),
}


@pytest.mark.parametrize("fault", MID_STREAM)
async def test_an_answer_that_breaks_off_never_looks_whole(house: House, fault: str) -> None:
    key = await house.key()
    house.upstream.route("POST", "/api/chat", MID_STREAM[fault])
    async with house.wire() as wire:
        answer = await wire.ask(chat_request(key))
        assert (answer.status, answer.body[:3], answer.is_whole) == (200, b"{}\n", False)
    await house.until_idle()
    (row,) = await house.journal()
    assert (row.state, row.ended_by, row.status) == ("failed", "upstream", 200)


@pytest.mark.parametrize("status", [b"100 Continue", b"102 Processing", b"103 Early Hints", b"101 Upgraded"])
async def test_an_interim_answer_is_not_taken_for_the_final_one(house: House, status: bytes) -> None:
    key = await house.key()
    late = asyncio.Event()

    async def interim(exchange: Exchange) -> None:
        exchange.transport.write(b"HTTP/1.1 " + status + b"\r\n\r\n")
        await late.wait()
        exchange.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret")

    house.upstream.route("POST", "/api/chat", interim)
    async with house.wire() as wire:
        answer = await wire.ask(chat_request(key))
        assert (answer.status, answer.reason) == (502, "upstream_broken")
        assert await wire.closes() == b""
    late.set()
    await house.until_idle()
    (row,) = await house.journal()
    assert (row.state, row.status) == ("failed", 502)
    version = await house.client.get("/api/version", headers={"X-API-Key": key})
    assert b"secret" not in version.content


async def test_bytes_behind_an_answer_do_not_reach_the_next_request(house: House) -> None:
    key = await house.key()
    house.upstream.route(
        "POST", "/api/chat", _sending(HEAD + b"Content-Length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\n\r\nstray")
    )
    async with house.wire() as wire:
        assert (await wire.ask(chat_request(key))).body == b"{}"
        version = await wire.ask(request("GET", "/api/version", None, f"X-API-Key: {key}"))
    assert json.loads(version.body)["version"]


@pytest.mark.parametrize("status", [400, 404, 500, 503])
async def test_error_statuses_pass_as_they_are(house: House, status: int) -> None:
    key = await house.key()
    body = b'{"error":"model \\"x\\" not found"}'
    house.upstream.route("POST", "/api/chat", replying(status, body))
    answer = await house.chat(key)
    assert (answer.status_code, answer.content) == (status, body)
    assert "x-sluice-reason" not in answer.headers
    (row,) = await house.journal()
    assert (row.state, row.ended_by, row.status) == ("failed", "upstream", status)
    assert (row.prompt_tokens, row.completion_tokens) == (0, 0)


async def test_a_stream_that_ollama_ends_with_an_error_has_failed(house: House) -> None:
    key = await house.key()
    body = b'{"message":{"content":"a"},"done":false}\n{"error":"unexpected EOF"}\n'
    house.upstream.route("POST", "/api/chat", replying(200, body, "application/x-ndjson"))
    answer = await house.chat(key)
    assert (answer.status_code, answer.content) == (200, body)
    (row,) = await house.journal()
    assert (row.state, row.ended_by, row.status, row.completion_tokens) == ("failed", "upstream", 200, 1)


async def test_silence_before_the_first_byte_is_a_504_and_frees_the_slot(impatient: House) -> None:
    key = await impatient.key()
    impatient.upstream.route("POST", "/api/chat", _wait_forever)
    answer = await impatient.chat(key)
    assert (answer.status_code, answer.headers["x-sluice-reason"]) == (504, "first_byte_timeout")
    await impatient.until_idle()
    (row,) = await impatient.journal()
    assert (row.state, row.ended_by, row.status) == ("timed_out", "gate", 504)


async def test_silence_in_mid_stream_cuts_the_answer_and_frees_the_slot(impatient: House) -> None:
    key = await impatient.key()
    impatient.upstream.engine.scripts.append(("One", stall()))
    async with impatient.wire() as wire:
        answer = await wire.ask(chat_request(key))
        assert (answer.status, answer.is_whole) == (200, False)
        assert b"One" in answer.body
    await impatient.upstream.engine.until_cancelled(1)
    await impatient.until_idle()
    (row,) = await impatient.journal()
    assert (row.state, row.ended_by, row.status) == ("timed_out", "gate", 200)


async def test_an_answer_without_end_is_cut_at_the_longest_hold(impatient: House) -> None:
    key = await impatient.key()
    impatient.upstream.engine.scripts.append(["x", 0.02] * 500)
    async with impatient.wire() as wire:
        assert not (await wire.ask(chat_request(key))).is_whole
    await impatient.until_idle()
    (row,) = await impatient.journal()
    assert row.state == "timed_out"
    assert 0.2 < row.ran_s < 2


async def test_the_next_in_line_gets_the_slot_of_one_that_timed_out(impatient: House) -> None:
    key = await impatient.key()
    impatient.upstream.engine.scripts.append((stall(),))
    first = impatient.chatting(key)
    await impatient.upstream.engine.until_running(1)
    second = impatient.chatting(key)
    assert (await first).status_code == 504
    assert (await second).status_code == 200


async def test_a_deadline_that_passes_while_connecting_ends_the_attempt(
    impatient: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await impatient.key()
    connects = asyncio.open_connection

    async def never(*args: object, **kwargs: object) -> object:
        if args[1:2] == (impatient.upstream.port,):
            await asyncio.Event().wait()
        return await connects(*args, **kwargs)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]

    async with impatient.wire() as wire:
        monkeypatch.setattr(asyncio, "open_connection", never)
        answer = await wire.ask(chat_request(key))
    assert (answer.status, answer.reason) == (504, "first_byte_timeout")
    await impatient.until_idle()


async def test_trailers_of_the_upstream_hold_no_slot_for_ever(impatient: House) -> None:
    key = await impatient.key()
    trailing = HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\n{}\n\r\n0\r\nX-Trailer: 1\r\n\r\n"

    async def route(exchange: Exchange) -> None:
        exchange.transport.write(trailing)
        await asyncio.Event().wait()

    impatient.upstream.route("POST", "/api/chat", route)
    async with impatient.wire() as wire:
        await wire.send(chat_request(key))
        await until(lambda: bool(impatient.gate.running))
        await impatient.until_idle()
