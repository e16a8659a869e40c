"""What comes back of what Ollama says: made harmless, never longer than one answer, and never a broken page."""

import pytest

from addon.demo.http1 import Exchange
from tests.hostile.harness import (
    ask,
    check_house,
    check_refusal,
    dialect_of,
    passes,
    play,
)
from tests.hostile.theatre import Theatre
from tests.proxy.wire import Answer

pytestmark = pytest.mark.asyncio(loop_scope="module")

CHAT_ANSWER = b'{"message":{"role":"assistant","content":"x"},"done":true}'
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
SIZED = OK + b"Content-Length: %d\r\n" % len(CHAT_ANSWER)
BROKEN: dict[str, bytes] = {
    "nothing": b"",
    "garbage": b"hello there\r\n\r\n",
    "half a head": b"HTTP/1.1 200 OK\r\nContent-Ty",
    "100 instead of an answer": b"HTTP/1.1 100 Continue\r\n\r\n" + SIZED + b"\r\n" + CHAT_ANSWER,
    "103 before an answer": b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + SIZED + b"\r\n" + CHAT_ANSWER,
    "101 and another protocol": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nhello",
    "two lengths": SIZED + b"Content-Length: 5\r\n\r\n" + CHAT_ANSWER,
    "length and chunks": SIZED + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "no status": b"HTTP/1.1 OK\r\n\r\n",
    "another protocol": b"SSH-2.0-x\r\n\r\n",
}

CUT: dict[str, bytes] = {
    "a short body": SIZED + b"\r\n" + CHAT_ANSWER[:9],
    "bad chunks": OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    "chunks without end": OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
    "a trailer": OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: 1\r\n\r\n",
}


async def _answered(theatre: Theatre, says: bytes) -> Answer | None:
    """What a client gets when Ollama says this to a chat request and closes."""

    async def say(exchange: Exchange) -> None:
        exchange.transport.write(says)
        exchange.transport.close()

    async with theatre.stage() as stage:
        stage.upstream.route("POST", "/api/generate", say)
        async with stage.house.wire() as wire:
            await wire.send(await stage.fill(ask(target="/api/generate")))
            answer = await wire.answer()
            following = await wire.closes()
        assert following == b"", "stray bytes follow the answer"
        if answer is not None and answer.status >= 500 and answer.reason is not None:
            check_refusal(answer, stage, "ollama")
        seen = stage.tap.requests
        assert [one.line for one in seen] == ["POST /api/generate HTTP/1.1"]
        stage.tap.connections.clear()
        await check_house(stage, [])
        return answer


@pytest.mark.parametrize("says", BROKEN.values(), ids=BROKEN)
async def test_what_ollama_cannot_have_meant_is_502_in_json(says: bytes, theatre: Theatre) -> None:
    answer = await _answered(theatre, says)
    assert answer is not None
    assert (answer.status, answer.reason, dialect_of(answer.body)) == (502, "upstream_broken", "ollama")


@pytest.mark.parametrize("says", CUT.values(), ids=CUT)
async def test_an_answer_that_breaks_off_never_ends_cleanly(says: bytes, theatre: Theatre) -> None:
    answer = await _answered(theatre, says)
    assert answer is None or not answer.is_whole or answer.status == 502


async def test_an_error_of_ollamas_passes_as_it_is(theatre: Theatre) -> None:
    page = b"<html>busy, says something behind mitmproxy</html>"
    head = b"HTTP/1.1 503 Busy\r\nContent-Type: text/html\r\nConnection: close\r\n"
    answer = await _answered(theatre, head + b"Content-Length: %d\r\n\r\n" % len(page) + page)
    assert answer is not None
    assert (answer.status, answer.body, answer.reason) == (503, page, None)
    assert answer.header("content-security-policy") == "sandbox; default-src 'none'"


async def test_ollamas_cors_headers_are_removed_and_the_answer_is_made_harmless(theatre: Theatre) -> None:
    cors = (
        b"Access-Control-Allow-Origin: *\r\naccess-control-allow-credentials: true\r\n"
        b"ACCESS-CONTROL-Expose-Headers: *\r\nConnection: close\r\n\r\n"
    )
    answer = await _answered(theatre, SIZED + cors + CHAT_ANSWER)
    assert answer is not None
    assert answer.body == CHAT_ANSWER
    assert [name for name, _ in answer.headers if name.startswith("access-control-")] == []
    assert answer.header("x-content-type-options") == "nosniff"
    assert answer.header("content-security-policy") == "sandbox; default-src 'none'"


async def test_the_good_answer_is_ollamas_with_what_the_contract_adds(theatre: Theatre) -> None:
    answer = await play(passes(ask()), theatre)
    assert answer is not None
    added = {name for name, _ in answer.headers} - {"content-type", "content-length"}
    assert added == {
        *("x-queue-ticket", "x-queue-class", "x-queue-base", "x-queue-position", "x-queue-wait-ms"),
        *("x-queue-effective", "server-timing", "x-content-type-options", "content-security-policy"),
    }
