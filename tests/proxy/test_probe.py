"""What the gate itself asks an upstream."""

import asyncio

import httpx
import pytest

from addon.demo.http1 import Exchange
from addon.proxy import probe as probes
from addon.proxy.probe import Probe
from addon.proxy.run import free_port
from tests.fakes.ollama import FakeOllama, fake_ollama, replying


async def test_an_upstream_that_answers_is_reachable_and_knows_who_asked() -> None:
    async with fake_ollama() as upstream:
        assert await Probe(upstream.url).is_reachable()
        assert (upstream.requests[0].header("user-agent") or "").startswith("sluice/")


async def test_a_crowd_that_asks_whether_the_upstream_is_there_asks_it_once() -> None:
    async with fake_ollama() as upstream:
        probe = Probe(upstream.url)
        assert all(await asyncio.gather(*(probe.is_reachable() for _ in range(20))))
        assert len(upstream.requests) == 1


async def test_an_upstream_that_fails_or_is_not_there_is_not_reachable() -> None:
    async with fake_ollama() as upstream:
        upstream.route("GET", "/api/version", replying(500, b"{}"))
        probe = Probe(upstream.url)
        assert not await probe.is_reachable()
        assert probe.trouble == "answers its own /api/version with 500: is that Ollama?"
    gone = Probe(f"http://127.0.0.1:{free_port('127.0.0.1')}")
    assert not await gone.is_reachable()
    assert gone.trouble is not None
    assert gone.trouble.startswith("cannot be connected to (")


async def test_something_else_at_the_address_is_told_from_a_silence() -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b"SSH-2.0-OpenSSH_9.6\r\n")
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        probe = Probe(f"http://127.0.0.1:{port}")
        assert not await probe.is_reachable()
    assert probe.trouble is not None
    assert probe.trouble.startswith("does not answer as a web server does (")


async def test_an_upstream_that_trickles_is_given_up_like_one_that_is_silent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(probes, "_TIMEOUT_S", 0.2)

    async def trickle(exchange: Exchange) -> None:
        await exchange.start(200, [(b"Content-Type", b"application/json")])
        while True:
            await exchange.write(b" ")
            await asyncio.sleep(0.05)  # slowness is what this sends

    async with fake_ollama() as upstream:
        upstream.route("GET", "/api/version", trickle)
        probe = Probe(upstream.url)
        assert not await asyncio.wait_for(probe.is_reachable(), 1)
        assert probe.trouble == "does not answer within 0.2 seconds"
        upstream.route("GET", "/api/version", replying(200, b"{}"))
        monkeypatch.setattr(probes, "_REACHED_FOR_S", 0)
        assert await probe.is_reachable()
        assert probe.trouble is None


async def test_a_model_lacks_only_where_the_upstream_says_so() -> None:
    async with fake_ollama() as upstream:
        probe = Probe(upstream.url)
        assert await probe.lacks_model("nobody")
        assert not await probe.lacks_model("gemma3:270m")
        upstream.route("POST", "/api/show", replying(500, b"{}"))
        assert not await probe.lacks_model("nobody")
    assert not await probe.lacks_model("nobody")


async def test_a_model_that_was_there_is_not_asked_for_again_at_once() -> None:
    async with fake_ollama() as upstream:
        probe = Probe(upstream.url)
        for _ in range(3):
            assert not await probe.lacks_model("gemma3:270m")
        assert len(upstream.requests) == 1
        for _ in range(2):
            assert await probe.lacks_model("nobody"), "one that is missing may come any moment"
        assert len(upstream.requests) == 3


async def test_a_model_is_loaded_where_the_upstream_lists_it() -> None:
    async with fake_ollama() as upstream:
        probe = Probe(upstream.url)
        assert not await probe.is_loaded("gemma3:270m")
        await _load(upstream, "gemma3:270m")
        assert await probe.is_loaded("Gemma3:270m")
        assert not await probe.is_loaded("gemma3")
    assert not await probe.is_loaded("gemma3:270m")


@pytest.mark.parametrize("body", [b"[]", b"null", b"{}", b'{"models":[1]}', b'{"models":[{}]}', b"junk"])
async def test_junk_lists_no_model(body: bytes) -> None:
    async with fake_ollama() as upstream:
        upstream.route("GET", "/api/ps", replying(200, body))
        assert not await Probe(upstream.url).is_loaded("gemma3:270m")


async def test_unloading_is_an_empty_generate_that_keeps_nothing_alive() -> None:
    async with fake_ollama() as upstream:
        await _load(upstream, "gemma3:270m")
        await Probe(upstream.url).unload("gemma3:270m")
        assert upstream.engine.loaded == set()
        assert upstream.engine.started == []


async def _load(upstream: FakeOllama, model: str) -> None:
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"{upstream.url}/api/generate", json={"model": model})
        assert answer.status_code == 200
