"""More than one request on a connection, and `Expect`: each answer belongs to its own request."""

import asyncio
import json
from contextlib import suppress
from typing import Any

import pytest

from tests.hostile.harness import Case, Forwarded, ask, check_house, get, got, play, refused
from tests.hostile.stage import BODY, Stage
from tests.hostile.theatre import Theatre
from tests.proxy.houses import until
from tests.proxy.wire import Answer, Wire

pytestmark = pytest.mark.asyncio(loop_scope="module")

MIB = 2**20


def expecting(*values: str, **more: Any) -> bytes:
    return ask("POST", "/api/chat", *[f"Expect: {value}" for value in values], **more)


ODD_EXPECTATIONS: dict[str, Case] = {
    name: refused(sent, 417, "bad_expect")
    for name, sent in {
        "more than the one": expecting("100-continue, x"),
        "something before it": expecting("y 100-continue"),
        "twice": expecting("100-continue", "100-continue"),
        "an odd one first": expecting("x", "100-continue"),
        "an odd one": expecting("200-ok"),
        "a value with a parameter": expecting("100-continue;q=1"),
        "nothing": expecting(""),
        "on a GET": get("/api/version", "Expect: x"),
        "in HTTP/1.0": expecting("x", version="HTTP/1.0"),
    }.items()
}


@pytest.mark.parametrize("case", ODD_EXPECTATIONS.values(), ids=ODD_EXPECTATIONS)
async def test_an_odd_expectation_is_refused(case: Case, theatre: Theatre) -> None:
    await play(case, theatre)


@pytest.mark.parametrize("value", ["100-continue", "100-Continue", " 100-continue "])
async def test_the_plain_expectation_is_met_by_the_gate_and_goes_no_further(value: str, theatre: Theatre) -> None:
    async with theatre.stage() as stage, stage.house.wire() as wire:
        head, _, body = (await stage.fill(expecting(value))).partition(b"\r\n\r\n")
        await wire.send(head + b"\r\n\r\n")
        assert (await wire.reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100 ")
        await wire.send(body)
        answer = await wire.answer()
        assert answer is not None
        assert answer.status == 200
        await check_house(stage, [Forwarded()], wires=1)


async def test_who_is_refused_is_not_told_to_go_on(theatre: Theatre) -> None:
    async with theatre.stage() as stage, stage.house.wire() as wire:
        answer = await wire.ask(expecting("100-continue", key=None).partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
        assert (answer.status, answer.reason) == (401, "no_credential")
        await check_house(stage, [], wires=1)


async def _both(wire: Wire, data: bytes) -> tuple[Answer, Answer]:
    await wire.send(data)
    first, second = await wire.answer(), await wire.answer()
    assert first is not None
    assert second is not None, "the second request got no answer"
    return first, second


@pytest.mark.parametrize("by", ["together", "in halves", "byte by byte"])
async def test_two_requests_in_a_row_get_their_own_answers(by: str, theatre: Theatre) -> None:
    async with theatre.stage() as stage, stage.house.wire() as wire:
        data = await stage.fill(ask() + get())
        pieces = {"together": [data], "in halves": [data[:200], data[200:]], "byte by byte": [*map(_byte, data)]}[
            by
        ]
        for piece in pieces[:-1]:
            await wire.send(piece)
            await asyncio.sleep(0)
        chat, version = await _both(wire, pieces[-1])
        assert json.loads(chat.body)["message"]["role"] == "assistant"
        assert list(json.loads(version.body)) == ["version"]
        await check_house(stage, [Forwarded(), got()], wires=1)


def _byte(value: int) -> bytes:
    return bytes([value])


@pytest.mark.parametrize("first", [get(key=None), get("/api/nothing"), get(host="evil.example"), expecting("x")])
async def test_behind_a_refused_request_the_next_gets_its_own_answer_or_none(
    first: bytes, theatre: Theatre
) -> None:
    async with theatre.stage() as stage, stage.house.wire() as wire:
        refusal = await wire.ask(await stage.fill(first + get()))
        assert refusal.status in (401, 404, 417, 421)
        following = await wire.answer()
        if following is not None:
            assert list(json.loads(following.body)) == ["version"]
        await check_house(stage, [] if following is None else [got()], wires=1)


async def test_what_is_no_body_is_the_next_request_and_judged_as_such(theatre: Theatre) -> None:
    async with theatre.stage() as stage, stage.house.wire() as wire:
        first = ask("POST", "/api/chat", body=None)
        one, two = await _both(wire, await stage.fill(first + get(key=None)))
        assert [one.reason, two.reason] == ["body_not_json", "no_credential"]
        await check_house(stage, [], wires=1)


async def _held(stage: Stage, wire: Wire) -> None:
    stage.upstream.engine.hold()
    await wire.send(await stage.fill(ask()))
    await stage.upstream.engine.until_running(1)


async def test_a_little_sent_ahead_of_a_held_answer_is_served_behind_it(theatre: Theatre) -> None:
    async with theatre.stage() as stage, stage.house.wire() as wire:
        await _held(stage, wire)
        await wire.send(await stage.fill(get()))
        stage.upstream.engine.release()
        chat, version = await _both(wire, b"")
        assert (chat.status, version.status) == (200, 200)
        await check_house(stage, [Forwarded(), got()], wires=1)


async def test_much_sent_ahead_of_a_held_answer_ends_the_connection(theatre: Theatre) -> None:
    async with theatre.stage() as stage:
        async with stage.house.wire() as wire:
            await _held(stage, wire)
            with suppress(ConnectionError):
                for _ in range(32):
                    await wire.send(b"POST /api/chat HTTP/1.1\r\n" * (MIB // 25))
            await wire.closes()
        await until(lambda: not stage.house.gate.running)
        stage.upstream.engine.release()
        await check_house(stage, [Forwarded()])


async def test_nothing_sent_ahead_jumps_the_queue(theatre: Theatre) -> None:
    async with theatre.stage(is_fresh=True) as stage, stage.house.wire() as wire:
        await _held(stage, wire)
        await wire.send(await stage.fill(ask() * 3))
        other = stage.house.chatting(stage.control_key)
        await stage.house.until_waiting(1)
        assert stage.upstream.engine.max_running == 1
        stage.upstream.engine.release()
        assert (await other).status_code == 200
        answers = [await wire.answer() for _ in range(4)]
        assert [answer and answer.status for answer in answers] == [200] * 4
        assert stage.upstream.engine.max_running == 1
        assert [seen.body for seen in stage.tap.requests].count(BODY) == 4
