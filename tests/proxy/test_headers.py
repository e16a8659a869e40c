"""Which headers and bytes pass the gate, each way, compared with complete lists."""

import asyncio
import random
from collections.abc import Sequence

import pytest

from addon.demo.http1 import Exchange
from tests.proxy.houses import CHAT_BYTES, House, chat_request
from tests.proxy.wire import request

CANARY = "canary-7f3a"
NEVER_FORWARDED = (
    f"Authorization: Basic {CANARY}",
    f"Cookie: theme={CANARY}",
    f"X-Forwarded-For: {CANARY}",
    f"X-Forwarded-Host: {CANARY}",
    f"X-Forwarded-Proto: {CANARY}",
    f"Forwarded: for={CANARY}",
    f"X-Real-IP: {CANARY}",
    f"CF-Connecting-IP: {CANARY}",
    f"CF-Ray: {CANARY}",
    f"Origin: https://{CANARY}",
    f"Referer: https://{CANARY}/",
    "Connection: x-api-key, keep-alive",
    "Keep-Alive: timeout=5",
    "TE: trailers",
    "Expect: 100-continue",
    "Accept-Encoding: gzip, br",
    "X-HTTP-Method-Override: DELETE",
    "X-Forwarded-Prefix: //evil.example",
    "X-Priority: 5",
    "X-Sluice-Gate: forged",
    f"X-Whatever: {CANARY}",
)


async def test_the_upstream_receives_exactly_the_allow_list(house: House) -> None:
    key = await house.key()
    shown = [line for line in NEVER_FORWARDED if not line.startswith("Authorization")]
    async with house.wire() as wire:
        await wire.send(
            request(
                "POST",
                "/api/chat",
                CHAT_BYTES,
                f"X-API-Key: {key}",
                *shown,
                "Content-Type: application/json",
                "Accept: */*",
                "User-Agent: tests",
                "OpenAI-Beta: assistants=v2",
                "Anthropic-Version: 2023-06-01",
                host="localhost:8000",
            )
        )
        await house.upstream.until_requests(1)
        await wire.reader.readuntil(b"200 OK")
    (seen,) = house.upstream.requests
    assert seen.headers == [
        (b"content-type", b"application/json"),
        (b"accept", b"*/*"),
        (b"user-agent", b"tests"),
        (b"openai-beta", b"assistants=v2"),
        (b"anthropic-version", b"2023-06-01"),
        (b"content-length", str(len(CHAT_BYTES)).encode()),
        (b"host", f"127.0.0.1:{house.upstream.port}".encode()),
        (b"accept-encoding", b"identity"),
    ]
    assert seen.body == CHAT_BYTES


@pytest.mark.parametrize("shown", ["X-API-Key: {}", "Authorization: Bearer {}", "Authorization: bearer  {}"])
async def test_no_form_of_a_key_reaches_the_upstream(house: House, shown: str) -> None:
    key = await house.key()
    async with house.wire() as wire:
        assert (await wire.ask(request("POST", "/api/chat", CHAT_BYTES, shown.format(key)))).status == 200
    (seen,) = house.upstream.requests
    assert key.encode() not in b"".join(name + value for name, value in seen.headers) + seen.body
    assert seen.target == "/api/chat"


async def test_a_cookie_does_not_reach_ollama(house: House) -> None:
    ann = await house.sign_in()
    assert (await house.client.get("/api/tags", headers=ann.cookie)).status_code == 200
    (seen,) = house.upstream.requests
    assert seen.header("cookie") is None


async def test_a_client_that_asks_for_it_has_its_connection_closed_behind_the_answer(house: House) -> None:
    key = await house.key()
    async with house.wire() as wire:
        await wire.send(chat_request(key, "Connection: close"))
        said = await wire.closes()
    assert said.endswith(b"0\r\n\r\n")


async def test_an_http_1_0_client_gets_a_whole_answer(house: House) -> None:
    key = await house.key()
    async with house.wire() as wire:
        await wire.send(chat_request(key).replace(b"HTTP/1.1", b"HTTP/1.0"))
        said = await wire.closes()
    head, _, body = said.partition(b"\r\n\r\n")
    assert b"transfer-encoding" not in head.lower()
    assert body.count(b"\n") == 4


async def test_a_chunked_request_arrives_whole(house: House) -> None:
    key = await house.key()
    chunks = b"".join(b"1\r\n" + bytes([byte]) + b"\r\n" for byte in CHAT_BYTES) + b"0\r\n\r\n"
    head = request("POST", "/api/chat", None, f"X-API-Key: {key}", "Transfer-Encoding: chunked")
    async with house.wire() as wire:
        assert (await wire.ask(head + chunks)).status == 200
    assert house.upstream.requests[0].body == CHAT_BYTES


async def test_an_inference_answer_gets_exactly_the_contracts_headers(house: House) -> None:
    key = await house.key()

    async def answer(exchange: Exchange) -> None:
        sent = [
            (b"Content-Type", b"application/x-ndjson"),
            (b"Access-Control-Allow-Origin", b"*"),
            (b"Date", b"now"),
        ]
        await exchange.start(200, [*sent, (b"access-control-allow-credentials", b"true")])
        await exchange.write(b"{}\n")
        await exchange.finish()

    house.upstream.route("POST", "/api/chat", answer)
    async with house.wire() as wire:
        headers = dict((await wire.ask(chat_request(key))).headers)
    assert set(headers) == {
        "content-type",
        "date",
        "transfer-encoding",
        "x-queue-ticket",
        "x-queue-class",
        "x-queue-base",
        "x-queue-position",
        "x-queue-wait-ms",
        "x-queue-effective",
        "server-timing",
        "x-content-type-options",
        "content-security-policy",
        "x-accel-buffering",
    }
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert headers["x-accel-buffering"] == "no"
    assert headers["x-queue-effective"] == "2.000"
    assert headers["server-timing"] == f"queue;dur={headers['x-queue-wait-ms']}"


async def test_metadata_is_hardened_but_never_queued(house: House) -> None:
    answer = await house.client.get("/api/tags", headers={"X-API-Key": await house.key()})
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "content-encoding" not in answer.headers
    assert not [name for name in answer.headers if name.startswith("x-queue")]


def _chunkings() -> Sequence[list[bytes]]:
    dice = random.Random(20)
    texts = [dice.randbytes(dice.choice((1, 7, 4096, 70_000))) for _ in range(30)]
    records = [b'{"message":{"content":"%d"},"done":false}\n' % number for number in range(50)]
    glued = b"".join(records)
    cuts = sorted(dice.sample(range(1, len(glued)), 40))
    pieces = [glued[start:end] for start, end in zip([0, *cuts], [*cuts, len(glued)], strict=True)]
    return [[], [b"x"], texts, records, pieces, [b"\r\n", b"0\r\n\r\n", b"\n"]]


@pytest.mark.parametrize("chunks", _chunkings(), ids=len)
async def test_every_byte_passes_unchanged_however_it_is_cut(house: House, chunks: list[bytes]) -> None:
    key = await house.key()

    async def answer(exchange: Exchange) -> None:
        await exchange.start(200, [(b"Content-Type", b"application/x-ndjson")])
        for chunk in chunks:
            await exchange.write(chunk)
        await exchange.finish()

    house.upstream.route("POST", "/api/chat", answer)
    async with house.wire() as wire:
        received = await wire.ask(chat_request(key))
    assert received.is_whole
    assert received.body == b"".join(chunks)


async def test_each_piece_is_passed_on_at_once(house: House) -> None:
    key = await house.key()
    steps: asyncio.Queue[bytes | None] = asyncio.Queue()

    async def answer(exchange: Exchange) -> None:
        await exchange.start(200, [(b"Content-Type", b"text/event-stream")])
        while (piece := await steps.get()) is not None:
            await exchange.write(piece)
        await exchange.finish()

    house.upstream.route("POST", "/v1/chat/completions", answer)
    async with house.wire() as wire:
        await wire.send(chat_request(key, path="/v1/chat/completions"))
        for number in range(5):
            piece = b"data: %d\n\n" % number
            steps.put_nowait(piece)
            await wire.reader.readuntil(piece)
        steps.put_nowait(None)
        await house.until_idle()


async def test_a_compressed_answer_is_passed_on_as_it_is(house: House) -> None:
    key = await house.key()
    body = b"\x1f\x8b not really gzip"

    async def answer(exchange: Exchange) -> None:
        await exchange.respond(200, "application/json", body, [(b"Content-Encoding", b"gzip")])

    house.upstream.route("POST", "/api/chat", answer)
    async with house.wire() as wire:
        received = await wire.ask(chat_request(key))
    assert (received.body, received.header("content-encoding")) == (body, "gzip")
