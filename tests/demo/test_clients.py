"""The official clients take the server for the real thing."""

from collections.abc import AsyncIterator

import ollama
import openai
import pytest

from addon.demo.engine import EngineError
from tests.fakes.ollama import FakeOllama

MODEL = "gemma3:270m"


@pytest.fixture
async def native(upstream: FakeOllama) -> AsyncIterator[ollama.AsyncClient]:
    async with ollama.AsyncClient(host=upstream.url) as client:
        yield client


@pytest.fixture
async def openai_client(upstream: FakeOllama) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(base_url=f"{upstream.url}/v1", api_key="none", max_retries=0) as client:
        yield client


async def test_ollama_chat_streamed_and_whole(native: ollama.AsyncClient) -> None:
    messages = [{"role": "user", "content": "hi"}]
    parts = [part async for part in await native.chat(MODEL, messages, stream=True)]
    whole = await native.chat(MODEL, messages)
    assert [part.message.content for part in parts] == ["One", " two", " three", ""]
    assert (parts[-1].done, parts[-1].eval_count) == (True, 3)
    assert (whole.message.content, whole.done_reason) == ("One two three", "stop")


async def test_ollama_generate(native: ollama.AsyncClient) -> None:
    assert (await native.generate(MODEL, "hi")).response == "One two three"


async def test_ollama_list_show_and_ps(native: ollama.AsyncClient) -> None:
    await native.generate(MODEL)
    assert [model.model for model in (await native.list()).models] == [MODEL]
    assert [model.model for model in (await native.ps()).models] == [MODEL]
    assert (await native.show(MODEL)).capabilities is not None


async def test_ollama_errors_carry_text_and_status(native: ollama.AsyncClient) -> None:
    with pytest.raises(ollama.ResponseError, match="model 'x' not found") as refusal:
        await native.chat("x", [{"role": "user", "content": "hi"}])
    assert refusal.value.status_code == 404


async def test_ollama_sees_an_error_in_the_stream(native: ollama.AsyncClient, upstream: FakeOllama) -> None:
    upstream.engine.scripts.append(("One", EngineError("unexpected EOF")))
    stream = await native.chat(MODEL, [{"role": "user", "content": "hi"}], stream=True)
    with pytest.raises(ollama.ResponseError, match="unexpected EOF"):
        _ = [part async for part in stream]


async def test_openai_chat_streamed_and_whole(openai_client: openai.AsyncOpenAI) -> None:
    create = openai_client.chat.completions.create
    whole = await create(model=MODEL, messages=[{"role": "user", "content": "hi"}])
    stream = await create(
        model=MODEL,
        messages=[{"role": "user", "content": "hi"}],
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = [chunk async for chunk in stream]
    assert whole.choices[0].message.content == "One two three"
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks[:-1]) == "One two three"
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.total_tokens == 13


async def test_openai_models_and_errors(openai_client: openai.AsyncOpenAI) -> None:
    assert [model.id async for model in openai_client.models.list()] == [MODEL]
    with pytest.raises(openai.NotFoundError, match="model 'x' not found"):
        await openai_client.completions.create(model="x", prompt="hi")
