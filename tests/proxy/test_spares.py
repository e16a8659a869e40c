"""Spare connections: ready while somebody waits, gone when nobody does, and never a stale one used."""

# What a test of the inside looks at has no public name.
# pyright: reportPrivateUsage=false

import asyncio
from collections.abc import AsyncGenerator

import pytest

from addon.proxy import spares as module
from addon.proxy.spares import Spares
from addon.proxy.spares import _Spare as Spare
from addon.settings import Address
from tests.proxy.houses import House, chat_request, until


class Upstream(asyncio.Protocol):
    """Counts its connections and answers each line with the same line."""

    opened = 0

    def __init__(self) -> None:
        self.port = 0
        self.open: list[asyncio.Transport] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.opened += 1
        self.open.append(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.open = [transport for transport in self.open if not transport.is_closing()]

    def data_received(self, data: bytes) -> None:
        self.open[-1].write(data)


@pytest.fixture
async def upstream() -> AsyncGenerator[Upstream]:
    upstream = Upstream()
    server = await asyncio.get_running_loop().create_server(lambda: upstream, "127.0.0.1", 0)
    upstream.port = server.sockets[0].getsockname()[1]
    yield upstream
    server.close()
    for transport in tuple(upstream.open):
        transport.abort()


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_CLOSE_AFTER_S", 0.01)


@pytest.fixture
async def spares(upstream: Upstream) -> AsyncGenerator[Spares]:
    spares = Spares(Address("127.0.0.1", upstream.port))
    with spares.lent_to(asyncio.get_running_loop()):
        yield spares


async def _until_ready(upstream: Upstream, count: int) -> None:
    await until(lambda: len(upstream.open) == count)
    await asyncio.sleep(0.005)  # the other end has to notice as well


async def _echo(port: int) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"hello\n")
    answer = await asyncio.wait_for(reader.readline(), 1)
    writer.close()
    await writer.wait_closed()
    return answer


async def test_as_many_are_ready_as_could_be_used(spares: Spares, upstream: Upstream) -> None:
    spares.want(3)
    await _until_ready(upstream, 3)
    spares.want(1)
    await _until_ready(upstream, 1)
    spares.want(0)
    await _until_ready(upstream, 0)
    assert upstream.opened == 3


async def test_a_spare_is_used_in_place_of_a_new_connection_and_replaced(
    spares: Spares, upstream: Upstream
) -> None:
    spares.want(1)
    await _until_ready(upstream, 1)
    reader, writer = await asyncio.open_connection("127.0.0.1", upstream.port)
    assert upstream.opened == 1
    upstream.open[0].write(b"hello\n")
    assert await asyncio.wait_for(reader.readline(), 1) == b"hello\n"
    await _until_ready(upstream, 2)
    writer.close()
    await _until_ready(upstream, 1)
    assert upstream.opened == 2


async def test_without_a_spare_a_connection_is_opened_as_ever(spares: Spares, upstream: Upstream) -> None:
    assert await _echo(upstream.port) == b"hello\n"
    spares.want(0)
    assert upstream.opened == 1


async def test_one_for_another_address_or_in_another_way_is_left_alone(spares: Spares, upstream: Upstream) -> None:
    spares.want(1)
    await _until_ready(upstream, 1)
    elsewhere = ("127.0.0.2", 0)
    _, writer = await asyncio.open_connection("127.0.0.1", upstream.port, local_addr=elsewhere)
    assert writer.get_extra_info("sockname")[0] == "127.0.0.2"
    writer.close()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.3", upstream.port)


async def test_one_that_its_upstream_has_closed_is_not_used(spares: Spares, upstream: Upstream) -> None:
    spares.want(1)
    await _until_ready(upstream, 1)
    upstream.open[0].close()
    await _until_ready(upstream, 0)
    assert await _echo(upstream.port) == b"hello\n"


async def test_one_that_said_something_unasked_is_not_used(spares: Spares, upstream: Upstream) -> None:
    spares.want(1)
    await _until_ready(upstream, 1)
    upstream.open[0].write(b"HTTP/1.1 408 Request Timeout\r\n\r\n")
    await _until_ready(upstream, 0)
    assert await _echo(upstream.port) == b"hello\n"


async def test_an_old_one_is_replaced(spares: Spares, upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_AGE_S", 0.02)
    spares.want(1)
    await until(lambda: upstream.opened >= 3)
    assert len(upstream.open) <= 2


async def test_an_upstream_that_closes_each_at_once_is_not_asked_for_ever(
    spares: Spares, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = upstream.connection_made

    def close_at_once(transport: asyncio.BaseTransport) -> None:
        made(transport)
        transport.close()

    monkeypatch.setattr(upstream, "connection_made", close_at_once)
    spares.want(2)
    await until(lambda: upstream.opened == 2)
    await asyncio.sleep(0.02)
    assert upstream.opened == 2


async def test_an_upstream_that_is_down_is_tried_again_when_somebody_is_served(upstream: Upstream) -> None:
    spares = Spares(Address("127.0.0.9", upstream.port))
    loop = asyncio.get_running_loop()
    with spares.lent_to(loop):
        spares.want(1)
        await asyncio.sleep(0.01)
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.9", upstream.port)
        server = await loop.create_server(lambda: upstream, "127.0.0.9", upstream.port)
        _, writer = await asyncio.open_connection("127.0.0.9", upstream.port)
        await _until_ready(upstream, 2)
        writer.close()
    server.close()


async def test_whoever_stops_waiting_while_one_is_opened_leaves_none_behind(
    spares: Spares, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_CLOSE_AFTER_S", 0.0)
    spares.want(1)
    await until(lambda: upstream.opened == 1)
    spares.want(0)
    await _until_ready(upstream, 0)


async def test_afterwards_nothing_is_left_of_it(upstream: Upstream) -> None:
    loop, spares = asyncio.get_running_loop(), Spares(Address("127.0.0.1", upstream.port))
    before = loop.create_connection
    with spares.lent_to(loop):
        spares.want(2)
        await _until_ready(upstream, 2)
    assert loop.create_connection == before
    await _until_ready(upstream, 0)
    spares.want(1)
    await asyncio.sleep(0.01)
    assert upstream.opened == 2


async def test_two_gates_of_one_loop_may_end_in_any_order(upstream: Upstream) -> None:
    loop = asyncio.get_running_loop()
    one, other = (Spares(Address("127.0.0.1", upstream.port)).lent_to(loop) for _ in range(2))
    one.__enter__()
    other.__enter__()
    one.__exit__(None, None, None)
    assert await _echo(upstream.port) == b"hello\n"
    other.__exit__(None, None, None)
    assert await _echo(upstream.port) == b"hello\n"


async def test_the_gates_next_request_goes_out_on_a_spare(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A contract with mitmproxy 12.2.3 too: it opens upstream connections through the event loop."""
    used: list[Spare] = []
    become = Spare.become

    def note(spare: Spare, protocol: asyncio.BaseProtocol) -> tuple[asyncio.Transport, asyncio.BaseProtocol]:
        used.append(spare)
        return become(spare, protocol)

    monkeypatch.setattr(Spare, "become", note)
    ready = house.server._spares._ready
    key = await house.key()
    busy = await house.occupy(key)
    waiting = house.chatting(key)
    await until(lambda: len(ready) == 1)
    (spare,) = ready
    assert len(house.upstream.requests) == 1, "nothing is sent on a spare"
    house.upstream.engine.release()
    for asked in (busy, waiting):
        assert (await asked).status_code == 200
    assert used == [spare]
    await until(lambda: not ready)


async def test_whoever_was_the_last_to_wait_and_leaves_takes_the_spare_along(house: House) -> None:
    ready = house.server._spares._ready
    key = await house.key()
    busy = await house.occupy(key)
    async with house.wire() as wire:
        await wire.send(chat_request(key))
        await until(lambda: len(ready) == 1)
    await until(lambda: not ready)
    assert len(house.upstream.requests) == 1
    house.upstream.engine.release()
    assert (await busy).status_code == 200
