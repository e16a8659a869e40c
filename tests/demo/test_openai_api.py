"""The `/v1` routes in OpenAI's shapes."""

import json
from typing import Any

import httpx
import pytest

from addon.demo.engine import EngineError, Options
from tests.fakes.engine import ScriptedEngine
from tests.fakes.ollama import FakeOllama, fake_ollama

MODEL = "gemma3:270m"
CHAT: dict[str, Any] = {"model": MODEL, "messages": [{"role": "user", "content": "hi"}]}
USAGE = {"prompt_tokens": 10, "completion_tokens": 3, "total_tokens": 13}


def events(answer: httpx.Response) -> list[str]:
    return [event.removeprefix("data: ") for event in answer.text.split("\n\n") if event]


async def test_chat_does_not_stream_by_default(http: httpx.AsyncClient) -> None:
    answer = (await http.post("/v1/chat/completions", json=CHAT)).json()
    assert answer["object"] == "chat.completion"
    assert answer["choices"] == [
        {"index": 0, "message": {"role": "assistant", "content": "One two three"}, "finish_reason": "stop"}
    ]
    assert answer["usage"] == USAGE


async def test_a_stream_is_sse_and_ends_with_done(http: httpx.AsyncClient) -> None:
    answer = await http.post("/v1/chat/completions", json=CHAT | {"stream": True})
    *chunks, done = events(answer)
    choices = [json.loads(chunk)["choices"][0] for chunk in chunks]
    assert answer.headers["content-type"] == "text/event-stream"
    assert [choice["delta"]["content"] for choice in choices] == ["One", " two", " three", ""]
    assert [choice["finish_reason"] for choice in choices] == [None, None, None, "stop"]
    assert done == "[DONE]"


async def test_usage_is_streamed_only_when_asked_for(http: httpx.AsyncClient) -> None:
    wish = {"stream": True, "stream_options": {"include_usage": True}}
    asked = events(await http.post("/v1/chat/completions", json=CHAT | wish))
    plain = events(await http.post("/v1/chat/completions", json=CHAT | {"stream": True}))
    usage = json.loads(asked[-2])
    assert (usage["choices"], usage["usage"]) == ([], USAGE)
    assert not any("usage" in event for event in plain)


async def test_completions_carry_text(http: httpx.AsyncClient) -> None:
    body = {"model": MODEL, "prompt": "hi"}
    whole = (await http.post("/v1/completions", json=body)).json()
    first = json.loads(events(await http.post("/v1/completions", json=body | {"stream": True}))[0])
    assert whole["choices"] == [{"text": "One two three", "index": 0, "finish_reason": "stop"}]
    assert (first["object"], first["choices"][0]["text"]) == ("text_completion", "One")


@pytest.mark.parametrize("limit", ["max_tokens", "max_completion_tokens"])
async def test_options_stand_at_the_top_level(http: httpx.AsyncClient, upstream: FakeOllama, limit: str) -> None:
    await http.post("/v1/chat/completions", json=CHAT | {limit: 5, "temperature": 0.5, "seed": 1, "stop": "."})
    assert upstream.engine.started[0].options == Options(num_predict=5, temperature=0.5, seed=1, stop=(".",))


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (b"{", 400, "invalid_request_error"),
        (b'{"model":"gemma3:270m"}', 400, "invalid_request_error"),
        (b'{"model":"x","messages":[{"role":"user"}]}', 404, "not_found_error"),
    ],
)
async def test_errors_have_openais_shape(http: httpx.AsyncClient, body: bytes, status: int, kind: str) -> None:
    answer = await http.post("/v1/chat/completions", content=body)
    error = answer.json()["error"]
    assert (answer.status_code, error["type"]) == (status, kind)
    assert set(error) == {"message", "type", "param", "code"}


async def test_a_model_that_dies_mid_stream_is_swallowed_as_ollama_does(
    http: httpx.AsyncClient, upstream: FakeOllama
) -> None:
    upstream.engine.scripts.append(("One", EngineError("unexpected EOF")))
    answer = await http.post("/v1/chat/completions", json=CHAT | {"stream": True})
    _, last = (json.loads(event) for event in events(answer))
    assert last["model"] == ""
    assert last["choices"][0] == {"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": None}


async def test_models_are_listed_and_found(http: httpx.AsyncClient) -> None:
    listed = (await http.get("/v1/models")).json()
    assert [model["id"] for model in listed["data"]] == [MODEL]
    assert (await http.get("/v1/models/GEMMA3%3A270m")).json() == listed["data"][0]
    assert (await http.get("/v1/models/x")).json()["error"]["type"] == "not_found_error"


async def test_no_models_are_null_as_in_ollama() -> None:
    async with (
        fake_ollama(ScriptedEngine(facts=())) as upstream,
        httpx.AsyncClient(base_url=upstream.url, verify=False) as client,
    ):
        assert (await client.get("/v1/models")).json() == {"object": "list", "data": None}
