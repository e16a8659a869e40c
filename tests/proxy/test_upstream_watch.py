"""What the gate knows of its upstream, and how seldom it asks for it."""

import asyncio
import json
from typing import Any

import pytest

from addon.core.served_at_once import ServedAtOnce
from addon.demo.http1 import Exchange
from addon.proxy import probe as probes
from addon.proxy import upstream_watch
from addon.proxy.probe import Probe
from addon.proxy.tasks import spawn
from addon.proxy.upstream_watch import UpstreamWatch
from tests.fakes.ollama import replying
from tests.proxy.houses import CHAT, House

PS = {
    "name": "gemma3:270m",
    "size": 500,
    "size_vram": 400,
    "context_length": 4096,
    "expires_at": "2026-08-01T12:00:00Z",
}


@pytest.fixture
async def boss(house: House) -> dict[str, str]:
    return {"X-API-Key": await house.admin_key()}


async def _told(house: House, boss: dict[str, str]) -> Any:
    answer = await house.client.get("/gate/upstreams", headers=boss)
    assert answer.status_code == 200
    (told,) = answer.json()["upstreams"]
    return told


async def test_an_administrator_hears_how_the_upstream_is_and_what_it_has(
    house: House, boss: dict[str, str]
) -> None:
    house.upstream.route("GET", "/api/ps", replying(200, json.dumps({"models": [PS]}).encode()))
    told = await _told(house, boss)
    assert (told["name"], told["url"], told["state"], told["slots"]) == ("default", house.upstream.url, "up", 1)
    assert told["history"] == [{"state": "up", "since_at": told["since_at"], "until_at": None}]
    assert told["version"]
    assert 0 < told["latency_ms"] < 2000
    assert (told["trouble"], told["served_at_once"]) == (None, {})
    assert told["loaded"] == [
        {
            "name": "gemma3:270m",
            "size_bytes": 500,
            "vram_bytes": 400,
            "context_length": 4096,
            "expires_at": 1785585600.0,
        }
    ]
    (installed,) = told["installed"]
    assert set(installed) == {"name", "size_bytes", "parameter_size", "quantization", "modified_at"}
    assert installed["name"] == "gemma3:270m"


async def test_everybody_else_is_refused(house: House) -> None:
    key = await house.key()
    assert (await house.client.get("/gate/upstreams", headers={"X-API-Key": key})).status_code == 403
    assert (await house.client.get("/gate/upstreams")).status_code == 401


async def test_an_upstream_that_is_gone_is_down_since_then_and_its_version_is_kept(
    house: House, boss: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probes, "_REACHED_FOR_S", 0)
    before = await _told(house, boss)
    await house.upstream.stop()
    told = await _told(house, boss)
    assert (told["state"], told["loaded"], told["installed"]) == ("down", None, None)
    assert told["trouble"].startswith("cannot be connected to (")
    assert told["version"] == before["version"]
    assert [spell["state"] for spell in told["history"]] == ["down", "up"]
    assert told["since_at"] == told["history"][1]["until_at"] >= before["since_at"]


@pytest.mark.parametrize("path", ["/api/ps", "/api/tags"])
async def test_a_list_that_cannot_be_had_is_null_and_no_failure(
    house: House, boss: dict[str, str], path: str
) -> None:
    house.upstream.route("GET", path, replying(500, b"{}"))
    told = await _told(house, boss)
    assert told["state"] == "up"
    assert (told["loaded"] is None) is (path == "/api/ps")
    assert (told["installed"] is None) is (path == "/api/tags")


async def test_it_is_asked_at_once_when_somebody_looks_or_something_runs_and_else_once_a_minute(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, gate = house.settings.upstreams[0], house.gate
    watch = UpstreamWatch(settings, gate, Probe(settings.url), ServedAtOnce())
    assert watch.is_due(), "it was never asked"
    await watch.probe.is_reachable()
    assert not watch.is_due()
    key = await house.key()
    busy = await house.occupy(key)
    assert watch.is_due()
    house.upstream.engine.release()
    await busy
    await house.until_idle()
    assert not watch.is_due()
    monkeypatch.setattr(upstream_watch, "_REST_S", 0)
    assert watch.is_due()
    monkeypatch.undo()
    await watch.told()
    assert watch.is_due()


async def test_the_watch_keeps_asking(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upstream_watch, "_TICK_S", 0.001)
    monkeypatch.setattr(upstream_watch, "_REST_S", 0)
    monkeypatch.setattr(probes, "_REACHED_FOR_S", 0)
    settings = house.settings.upstreams[0]
    watching = spawn(
        UpstreamWatch(settings, house.gate, Probe(settings.url), ServedAtOnce()).watch(), name="watch"
    )
    await asyncio.wait_for(house.upstream.until_requests(3), 5)
    watching.cancel()
    assert {request.target for request in house.upstream.requests} == {"/api/version"}
    assert (house.upstream.requests[0].header("user-agent") or "").startswith("sluice/")


def _stream_in(house: House, places: asyncio.Semaphore) -> None:
    """Stream for more than a second, behind those who have the places, as a runner of Ollama does."""

    async def stream(exchange: Exchange) -> None:
        async with places:
            await exchange.start(200, [(b"Content-Type", b"application/x-ndjson")])
            for _ in range(14):
                await exchange.write(b'{"message":{"content":"a"},"done":false}\n')
                await asyncio.sleep(0.1)  # the speed of a model is what this imitates
            await exchange.write(b'{"message":{"content":""},"done":true}\n')
            await exchange.finish()

    house.upstream.route("POST", "/api/chat", stream)


@pytest.mark.slow
@pytest.mark.parametrize(("places", "found"), [(1, {"gemma3:270m": 1}), (2, {})])
async def test_an_ollama_that_answers_fewer_than_there_are_slots_is_found(
    house: House, boss: dict[str, str], places: int, found: dict[str, int]
) -> None:
    _stream_in(house, asyncio.Semaphore(places))
    assert (await house.client.put("/gate/slots", json={"slots": 2}, headers=boss)).status_code == 200
    key = {"X-API-Key": await house.key()}
    answers = [house.client.post("/api/chat", headers=key, json=CHAT) for _ in range(6)]
    assert {answer.status_code for answer in await asyncio.gather(*answers)} == {200}
    assert (await _told(house, boss))["served_at_once"] == found
