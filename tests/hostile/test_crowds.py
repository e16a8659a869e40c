"""Many connections at once: others are served meanwhile, and there is an end to them."""

import asyncio
from pathlib import Path

import pytest

from tests.fakes.ollama import fake_ollama
from tests.hostile.gate_process import GateProcess, gate_process
from tests.hostile.harness import ask, get
from tests.hostile.outside import Outside, crowd
from tests.proxy.wire import wire_to
from tests.showing import show

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(180)]


async def test_200_slow_heads_keep_nobody_from_being_served_and_are_closed(outside: Outside) -> None:
    async with outside.costs_little("200 slow heads"), crowd(outside.gate.port, 200, get()[:-9]) as wires:
        taken = await outside.latencies(50)
        show(f"\np50 {taken[25] * 1000:.0f} ms, slowest of 50 {taken[-1] * 1000:.0f} ms")
        assert taken[-1] < 1
        await asyncio.wait_for(asyncio.gather(*[wire.closes() for wire in wires]), 8)


async def test_200_slow_bodies_hold_no_slot(outside: Outside) -> None:
    half = ask(key=outside.gate.key)[:-9]
    async with outside.costs_little("200 slow bodies"), crowd(outside.gate.port, 200, half):
        taken = await outside.latencies(50)
        show(f"\np50 {taken[25] * 1000:.0f} ms, slowest of 50 {taken[-1] * 1000:.0f} ms")
        assert taken[-1] < 1
    assert outside.upstream.engine.max_running == 1


async def test_connections_beyond_the_caps_are_closed_and_the_others_served(tmp_path: Path) -> None:
    caps = {"SLUICE_LIMITS__CONNECTIONS_PER_ADDRESS": "20", "SLUICE_LIMITS__CONNECTIONS": "30"}
    async with fake_ollama() as upstream, gate_process(tmp_path, upstream.url, **caps) as gate:
        async with crowd(gate.port, 19, b""), wire_to(gate.port) as twentieth:
            async with wire_to(gate.port) as one_too_many:
                assert await one_too_many.closes() == b""
            assert (await twentieth.ask(get(key=gate.key))).status == 200
        await _until_served(gate)


async def _until_served(gate: GateProcess) -> None:
    # The far ends of the closed connections may still be counted.
    async with asyncio.timeout(2):
        while True:
            async with wire_to(gate.port) as wire:
                await wire.send(get(key=gate.key))
                if (answer := await wire.answer()) is not None:
                    assert answer.status == 200
                    return


async def test_connections_of_a_trusted_proxy_are_bounded_by_the_total_alone(tmp_path: Path) -> None:
    caps = {"SLUICE_LIMITS__CONNECTIONS_PER_ADDRESS": "5", "SLUICE_LIMITS__CONNECTIONS": "30"}
    proxies = {"SLUICE_GATE__TRUSTED_PROXIES": "127.0.0.1"}
    async with (
        fake_ollama() as upstream,
        gate_process(tmp_path, upstream.url, **caps, **proxies) as gate,
        crowd(gate.port, 30, b"") as wires,
        wire_to(gate.port) as one_too_many,
    ):
        assert await one_too_many.closes() == b""
        assert (await wires[-1].ask(get(key=gate.key))).status == 200
