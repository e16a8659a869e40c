"""`/api/chat` and `/api/generate` in Ollama's shape."""

import asyncio
import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from addon.demo.engine import EngineError, Final, Message, Options
from tests.demo.sockets import connected
from tests.fakes.engine import GEMMA, ScriptedEngine, stall
from tests.fakes.ollama import FakeOllama, fake_ollama

MODEL = "gemma3:270m"
MESSAGES = [{"role": "user", "content": "hi"}]
CHAT: dict[str, Any] = {"model": MODEL, "messages": MESSAGES}
GENERATE: dict[str, Any] = {"model": MODEL, "prompt": "hi"}


def records(answer: httpx.Response) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.text.splitlines()]


async def test_chat_streams_by_default(http: httpx.AsyncClient) -> None:
    answer = await http.post("/api/chat", json=CHAT)
    *parts, last = records(answer)
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert answer.headers["transfer-encoding"] == "chunked"
    assert [part["message"] for part in parts] == [
        {"role": "assistant", "content": text} for text in ("One", " two", " three")
    ]
    assert [part["done"] for part in parts] == [False] * 3
    assert last["message"] == {"role": "assistant", "content": ""}
    assert (last["done"], last["done_reason"], last["eval_count"], last["prompt_eval_count"]) == (
        True,
        "stop",
        3,
        10,
    )


async def test_times_are_nanoseconds_and_instants_are_utc(http: httpx.AsyncClient) -> None:
    last = records(await http.post("/api/chat", json=CHAT))[-1]
    assert (last["prompt_eval_duration"], last["eval_duration"]) == (1_000_000, 2_000_000)
    assert last["total_duration"] >= last["load_duration"] > 0
    assert last["created_at"].endswith("Z")
    assert datetime.fromisoformat(last["created_at"]).utcoffset() == timedelta(0)


async def test_chat_without_streaming_is_one_object(http: httpx.AsyncClient) -> None:
    answer = await http.post("/api/chat", json=CHAT | {"stream": False})
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.json()["message"] == {"role": "assistant", "content": "One two three"}
    assert answer.json()["done_reason"] == "stop"


async def test_generate_puts_the_text_into_response_and_ends_with_the_context(
    http: httpx.AsyncClient, upstream: FakeOllama
) -> None:
    upstream.engine.scripts.append(("One", Final("length", eval_count=1, context=(2, 7))))
    first, last = records(await http.post("/api/generate", json=GENERATE))
    assert first["response"] == "One"
    assert (last["response"], last["context"], last["done_reason"]) == ("", [2, 7], "length")


async def test_counts_of_zero_are_left_out(http: httpx.AsyncClient, upstream: FakeOllama) -> None:
    upstream.engine.scripts.append((Final("stop"),))
    (last,) = records(await http.post("/api/chat", json=CHAT))
    assert set(last) == {
        "model", "created_at", "message", "done", "done_reason", "total_duration", "load_duration",
    }  # fmt: skip


async def test_the_model_is_echoed_as_it_was_spelled(http: httpx.AsyncClient) -> None:
    answer = await http.post("/api/chat", json=CHAT | {"model": "GEMMA3:270M", "stream": False})
    assert answer.json()["model"] == "GEMMA3:270M"


@pytest.mark.parametrize(("path", "key"), [("/api/chat", "message"), ("/api/generate", "response")])
@pytest.mark.parametrize(("keep_alive", "reason", "loaded"), [(None, "load", True), (0, "unload", False)])
async def test_without_a_prompt_the_model_is_only_loaded_or_unloaded(
    http: httpx.AsyncClient,
    upstream: FakeOllama,
    path: str,
    key: str,
    keep_alive: int | None,
    reason: str,
    loaded: bool,
) -> None:
    answer = await http.post(path, json={"model": MODEL, "keep_alive": keep_alive, "stream": True})
    assert set(answer.json()) == {"model", "created_at", key, "done", "done_reason"}
    assert answer.json()["done_reason"] == reason
    assert bool((await http.get("/api/ps")).json()["models"]) is loaded
    assert upstream.engine.started == []


async def test_options_reach_the_engine(http: httpx.AsyncClient, upstream: FakeOllama) -> None:
    options = {"num_predict": 5, "temperature": 0, "seed": 7, "top_p": 0.5, "top_k": 3, "stop": ["."]}
    await http.post("/api/chat", json=CHAT | {"options": options})
    (generation,) = upstream.engine.started
    assert generation.prompt == (Message("user", "hi"),)
    assert generation.options == Options(5, 0, 7, 0.5, 3, (".",))


async def test_a_system_text_stands_before_the_prompt(http: httpx.AsyncClient, upstream: FakeOllama) -> None:
    await http.post("/api/generate", json=GENERATE | {"system": "Be brief."})
    assert upstream.engine.started[0].prompt == "Be brief.\n\nhi"


@pytest.mark.parametrize("path", ["/api/chat", "/api/generate"])
@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        (b"", 400, "missing request body"),
        (b"{}", 400, "model is required"),
        (b'{"model":"x"}', 404, "model 'x' not found"),
        (b'{"model":"gemma3"}', 404, "model 'gemma3' not found"),
    ],
)
async def test_errors_have_ollamas_words(
    http: httpx.AsyncClient, path: str, body: bytes, status: int, error: str
) -> None:
    answer = await http.post(path, content=body)
    assert (answer.status_code, answer.json()) == (status, {"error": error})


async def test_a_field_of_the_wrong_type_is_refused(http: httpx.AsyncClient, upstream: FakeOllama) -> None:
    answer = await http.post("/api/chat", json=CHAT | {"stream": "false"})
    assert answer.status_code == 400
    assert upstream.engine.started == []


@pytest.mark.parametrize(
    ("wish", "error"),
    [
        ({"tools": [{"type": "function"}]}, "gemma3:270m does not support tools"),
        ({"think": True}, '"gemma3:270m" does not support thinking'),
    ],
)
async def test_what_the_model_cannot_do_is_refused(wish: dict[str, object], error: str) -> None:
    engine = ScriptedEngine(facts=[replace(GEMMA, capabilities=("completion",))])
    async with fake_ollama(engine) as upstream, httpx.AsyncClient(base_url=upstream.url, verify=False) as client:
        answer = await client.post("/api/chat", json=CHAT | wish)
    assert (answer.status_code, answer.json()) == (400, {"error": error})


@pytest.mark.parametrize("stream", [True, False])
async def test_a_model_that_dies_at_once_is_a_500(
    http: httpx.AsyncClient, upstream: FakeOllama, stream: bool
) -> None:
    upstream.engine.scripts.append((EngineError("out of memory"),))
    answer = await http.post("/api/chat", json=CHAT | {"stream": stream})
    assert (answer.status_code, answer.json()) == (500, {"error": "out of memory"})


async def test_a_model_that_dies_mid_stream_says_so_in_the_last_line(
    http: httpx.AsyncClient, upstream: FakeOllama
) -> None:
    upstream.engine.scripts.append(("One", EngineError("unexpected EOF")))
    answer = await http.post("/api/chat", json=CHAT)
    first, last = records(answer)
    assert answer.status_code == 200
    assert first["message"]["content"] == "One"
    assert last == {"error": "unexpected EOF"}


async def test_a_model_that_cannot_be_loaded_is_a_500(http: httpx.AsyncClient, upstream: FakeOllama) -> None:
    upstream.engine.load_error = EngineError("no memory")
    for body in (CHAT, {"model": MODEL}):
        answer = await http.post("/api/chat", json=body)
        assert (answer.status_code, answer.json()) == (500, {"error": "no memory"})


async def test_the_status_line_leaves_with_the_first_token(upstream: FakeOllama) -> None:
    upstream.engine.hold()
    body = json.dumps(CHAT).encode()
    head = b"POST /api/chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(body)
    async with connected(upstream.port) as raw:
        await raw.send(head + body)
        await upstream.engine.until_running(1)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(raw.reader.read(1), 0.02)
        upstream.engine.release()
        assert (await raw.until(b"\r\n")) == b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize("stream", [True, False])
async def test_who_leaves_frees_the_slot_within_200_ms(
    http: httpx.AsyncClient, upstream: FakeOllama, stream: bool
) -> None:
    upstream.engine.scripts.append(("One", stall()))
    async with asyncio.TaskGroup() as group:
        leaver = group.create_task(http.post("/api/chat", json=CHAT | {"stream": stream}))
        await upstream.engine.until_running(1)
        leaver.cancel()
        async with asyncio.timeout(0.2):
            await upstream.engine.until_cancelled(1)
    assert (await http.post("/api/chat", json=CHAT)).status_code == 200
