"""The fake does what a test relies on: holding, releasing, counting, failing."""

import asyncio

import httpx
import pytest

from addon.demo.engine import EngineError
from addon.demo.http1 import Exchange
from tests.fakes.engine import GEMMA, Pulse, stall
from tests.fakes.ollama import fake_ollama, replying

CHAT = {"model": GEMMA.name, "stream": False, "messages": [{"role": "user", "content": "hi"}]}


async def test_generations_are_held_until_released() -> None:
    async with fake_ollama() as upstream, httpx.AsyncClient(base_url=upstream.url, verify=False) as client:
        upstream.engine.hold()
        async with asyncio.TaskGroup() as group:
            answers = [group.create_task(client.post("/api/chat", json=CHAT)) for _ in range(3)]
            await upstream.engine.until_running(3)
            assert upstream.engine.held == 3
            upstream.engine.release(1)
            await upstream.engine.until_running(2)
            upstream.engine.release()
        assert [answer.result().json()["message"]["content"] for answer in answers] == ["One two three"] * 3
        assert (upstream.engine.max_running, upstream.engine.finished, upstream.engine.running) == (3, 3, 0)


async def test_parallel_one_lets_the_upstream_queue_by_itself() -> None:
    async with (
        fake_ollama(parallel=1) as upstream,
        httpx.AsyncClient(base_url=upstream.url, verify=False) as client,
    ):
        upstream.engine.hold()
        async with asyncio.TaskGroup() as group:
            for _ in range(3):
                group.create_task(client.post("/api/chat", json=CHAT))
            await upstream.until_requests(3)
            await upstream.engine.until_running(1)
            upstream.engine.release()
        assert upstream.engine.max_running == 1


async def test_scripts_are_used_once_each_and_in_order() -> None:
    async with fake_ollama() as upstream, httpx.AsyncClient(base_url=upstream.url, verify=False) as client:
        upstream.engine.scripts.extend([("first",), (0.0, "second")])
        texts = [(await client.post("/api/chat", json=CHAT)).json()["message"]["content"] for _ in range(3)]
        assert texts == ["first", "second", "One two three"]


async def test_a_script_can_depend_on_the_request() -> None:
    async with fake_ollama() as upstream, httpx.AsyncClient(base_url=upstream.url, verify=False) as client:
        upstream.engine.script_for = lambda request: (request.model,)
        assert (await client.post("/api/chat", json=CHAT)).json()["message"]["content"] == GEMMA.name


async def test_a_stalled_generation_is_counted_when_its_client_leaves() -> None:
    async with fake_ollama() as upstream, httpx.AsyncClient(base_url=upstream.url, verify=False) as client:
        upstream.engine.scripts.append(("One", stall()))
        async with client.stream("POST", "/api/chat", json=CHAT | {"stream": True}) as answer:
            assert answer.status_code == 200
        await upstream.engine.until_cancelled(1)
        assert (upstream.engine.finished, upstream.engine.died) == (0, 0)


async def test_an_error_before_the_first_byte_is_a_500() -> None:
    async with fake_ollama() as upstream, httpx.AsyncClient(base_url=upstream.url, verify=False) as client:
        upstream.engine.scripts.append((EngineError("out of memory"),))
        answer = await client.post("/api/chat", json=CHAT | {"stream": True})
        assert (answer.status_code, answer.json()) == (500, {"error": "out of memory"})
        assert upstream.engine.died == 1


async def test_requests_are_recorded_as_they_came() -> None:
    async with fake_ollama() as upstream, httpx.AsyncClient(base_url=upstream.url, verify=False) as client:
        await client.post("/api/nothing?a=1", content=b"{", headers={"X-Own": "1"})
        (request,) = upstream.requests
        assert (request.method, request.target, request.body) == ("POST", "/api/nothing?a=1", b"{")
        assert (b"x-own", b"1") in request.headers


async def test_a_path_can_be_given_a_route_of_its_own() -> None:
    async def reset(exchange: Exchange) -> None:
        exchange.reset()

    async with fake_ollama() as upstream, httpx.AsyncClient(base_url=upstream.url, verify=False) as client:
        upstream.route("POST", "/api/embed", replying(501, b"{}"))
        upstream.route("GET", "/api/ps", reset)
        assert (await client.post("/api/embed")).status_code == 501
        with pytest.raises(httpx.ReadError):
            await client.get("/api/ps")


async def test_a_stopped_upstream_can_come_back_on_the_same_port() -> None:
    async with fake_ollama() as upstream, httpx.AsyncClient(base_url=upstream.url, verify=False) as client:
        await upstream.stop()
        with pytest.raises(httpx.ConnectError):
            await client.get("/")
        await upstream.start(upstream.port)
        assert (await client.get("/")).text == "Ollama is running"


async def test_waiting_for_what_never_happens_times_out() -> None:
    with pytest.raises(TimeoutError):
        await Pulse().until(lambda: False, timeout_s=0.001)
