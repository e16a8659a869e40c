"""An exception below the hooks ends one side and tells the other; nothing hangs and no slot is lost."""

import asyncio

import pytest

from addon.demo.http1 import Exchange
from addon.proxy.patient_stream import PatientStream
from tests.fakes.ollama import replying
from tests.proxy.houses import CHAT_BYTES, House, chat_request
from tests.proxy.wire import request

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
TRAILERS = b"0\r\nX-Trailer: 1\r\n\r\n"


def _chunked(body: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(body), body)


async def test_trailers_of_the_client_are_a_400_at_once(house: House) -> None:
    key = await house.key()
    head = request("POST", "/api/chat", None, f"X-API-Key: {key}", "Transfer-Encoding: chunked")
    async with house.wire() as wire:
        answer = await wire.ask(head + _chunked(CHAT_BYTES) + TRAILERS)
        assert (answer.status, answer.reason) == (400, "malformed")
        assert "trailers" in answer.text
        assert await wire.closes() == b""
    assert house.upstream.requests == []
    assert house.gate.is_idle


@pytest.mark.parametrize(
    "said", [b"", b'{"message":{}}\n', b'{"mess'], ids=["nothing", "a record", "half a record"]
)
async def test_trailers_of_the_upstream_free_the_slot_at_once(house: House, said: bytes) -> None:
    key = await house.key()

    async def trail(exchange: Exchange) -> None:
        exchange.transport.write(HEAD + (_chunked(said) if said else b"") + TRAILERS)
        await asyncio.Event().wait()

    house.upstream.route("POST", "/api/chat", trail)
    async with house.wire() as wire:
        answer = await wire.ask(chat_request(key))
        assert (answer.status, answer.is_whole) == (200, False)
        assert answer.body.startswith(said)
        assert (b"broke off" in answer.body) is not said.endswith(b"s")
    await asyncio.wait_for(house.until_idle(), 1)
    (row,) = await house.journal()
    assert (row.state, row.ended_by) == ("failed", "upstream")
    house.upstream.route("POST", "/api/chat", replying(200, b"{}"))
    assert (await house.chat(key)).status_code == 200


@pytest.mark.parametrize(
    "method", ["start_response_stream", "state_stream_response_body", "handle_protocol_error"]
)
async def test_a_stream_that_fails_closes_its_connection_and_frees_its_slot(
    house: House, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    key = await house.key()

    def fail(*_: object) -> None:
        raise RuntimeError("sabotage")

    with monkeypatch.context() as broken:
        broken.setattr(PatientStream, method, fail)
        if method == "handle_protocol_error":
            await house.upstream.stop()
        async with house.wire() as wire:
            await wire.send(chat_request(key))
            await wire.closes()
        await asyncio.wait_for(house.until_idle(), 1)
    assert (await house.chat(key)).status_code == (502 if method == "handle_protocol_error" else 200)
