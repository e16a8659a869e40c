"""The gate as a server: where it listens, how it drains, and how it stops."""

# What a test of the inside looks at has no public name.
# pyright: reportPrivateUsage=false

import asyncio
import signal
import socket
from pathlib import Path

import pytest

from addon.proxy import run
from addon.proxy.assembly import assemble
from addon.proxy.run import DEAD_TARGET, GateServer, StartError, check_can_listen, free_port, serve
from addon.proxy.tasks import spawn
from addon.settings import Address
from addon.store.secret_file import load_secret
from tests.fakes.engine import stall
from tests.proxy.houses import House, chat_request, make_settings, ready_or_failed, until


def test_a_free_port_can_be_listened_on() -> None:
    check_can_listen(Address("127.0.0.1", free_port("127.0.0.1")))


def test_a_port_in_use_is_told_in_a_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(
            StartError, match=rf"^127\.0\.0\.1:{port}: cannot listen there \(the port is in use\)\."
        ):
            check_can_listen(Address("127.0.0.1", port))


def test_an_address_of_another_machine_is_told_in_a_sentence() -> None:
    with pytest.raises(StartError, match=r"^192\.0\.2\.1:8000: cannot listen there \(Cannot assign"):
        check_can_listen(Address("192.0.2.1", 8000))


async def test_a_gate_whose_port_is_taken_meanwhile_does_not_start(tmp_path: Path) -> None:
    settings = make_settings(tmp_path / "data", "http://127.0.0.1:9")
    is_ready = asyncio.Event()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", settings.gate.listen.port))
        taken.listen()
        server = GateServer(assemble(settings, load_secret(settings.data_dir), None), is_ready.set)
        with pytest.raises(StartError, match="--listen"):
            await asyncio.wait_for(server.run(), 5)
    assert not is_ready.is_set()


async def test_mitmproxy_is_set_up_as_the_gate_relies_on(house: House) -> None:
    options = house.server._master.options
    assert options.mode == [DEAD_TARGET]
    assert options.connection_strategy == "lazy"
    assert options.keep_host_header
    assert options.validate_inbound_headers
    assert not any((options.http2, options.http3, options.websocket, options.rawtcp))
    assert options.stream_large_bodies is None
    assert options.tcp_timeout >= 86400
    assert len(house.server._master.addons.chain) == 4


async def test_a_drain_hands_back_whoever_waits_and_lets_running_answers_finish(house: House) -> None:
    key = await house.key()
    busy = await house.occupy(key)
    waiting = house.chatting(key)
    await house.until_waiting(1)
    async with house.wire() as kept:
        house.server.drain()
        house.server.drain()
        answer = await waiting
        assert (answer.status_code, answer.headers["x-sluice-reason"]) == (503, "draining")
        late = await kept.ask(chat_request(key))
        assert (late.status, late.reason) == (503, "draining")
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", house.port)
        assert not house.serving.done()
        house.upstream.engine.release()
        finished = await busy
    assert (finished.status_code, finished.text.count("\n")) == (200, 4)
    await asyncio.wait_for(house.serving, 5)


async def test_an_idle_gate_drains_at_once(house: House) -> None:
    house.server.drain()
    await asyncio.wait_for(house.serving, 5)


async def test_answers_that_outlast_the_drain_are_cut(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "DRAIN_S", 0.05)
    house.upstream.engine.scripts.append(("One", stall()))
    async with house.wire() as wire:
        await wire.send(chat_request(await house.key()))
        await wire.reader.readuntil(b"One")
        house.server.drain()
        await asyncio.wait_for(house.serving, 5)


async def test_a_stopped_gate_lets_nobody_in_by_an_old_connection(house: House) -> None:
    key = await house.key()
    async with house.wire() as wire:
        assert (await wire.ask(chat_request(key))).status == 200
        house.server.stop_now()
        await asyncio.wait_for(house.serving, 5)
        assert (await wire.ask(chat_request(key))).status == 503
    assert len(house.upstream.engine.started) == 1


@pytest.mark.parametrize("first", [signal.SIGTERM, signal.SIGINT])
async def test_the_first_signal_drains_and_the_second_stops_at_once(tmp_path: Path, first: signal.Signals) -> None:
    settings = make_settings(tmp_path / "data", "http://127.0.0.1:9")
    assembly = assemble(settings, load_secret(settings.data_dir), None)
    is_ready = asyncio.Event()
    serving = spawn(serve(assembly, is_ready.set), name="serve")
    await ready_or_failed(is_ready, serving)
    ticket_holds_the_drain = asyncio.Event()

    async def never_idle() -> None:
        ticket_holds_the_drain.set()
        await asyncio.Event().wait()

    assembly.turnstile.wait_until_idle = never_idle  # type: ignore[method-assign]
    signal.raise_signal(first)
    await asyncio.wait_for(ticket_holds_the_drain.wait(), 5)
    assert assembly.turnstile.gate.state == "draining"
    assert not serving.done()
    signal.raise_signal(signal.SIGTERM)
    await asyncio.wait_for(serving, 5)


async def test_signals_are_ones_own_again_afterwards(house: House) -> None:
    loop = asyncio.get_running_loop()
    with run._stop_signals(lambda: None, lambda: None):
        pass
    assert not loop.remove_signal_handler(signal.SIGTERM)
    await until(lambda: True)
