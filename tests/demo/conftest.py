"""A fake Ollama that queues like the original, and a client for it."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.fakes.ollama import FakeOllama, fake_ollama


@pytest.fixture
async def upstream() -> AsyncIterator[FakeOllama]:
    async with fake_ollama(parallel=1) as fake:
        yield fake


@pytest.fixture
async def http(upstream: FakeOllama) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=upstream.url, verify=False) as client:
        yield client
