"""Closing connections by their handlers, and a contract with mitmproxy 12.2.3 about where those are found."""

import asyncio
import inspect
from typing import cast

import pytest
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.connection import ConnectionState, Server
from mitmproxy.proxy.server import ConnectionHandler, ConnectionIO

from addon.proxy.handlers import cut, handler_of, upstreams_of
from tests.proxy.houses import House, chat_request


@pytest.mark.parametrize(
    ("is_open", "has_writer", "is_cut"),
    [(True, True, True), (False, False, True), (False, True, False)],
    ids=["open", "still opening", "closing"],
)
async def test_a_connection_is_cut_unless_it_closes_already(is_open: bool, has_writer: bool, is_cut: bool) -> None:
    connection = Server(address=("127.0.0.1", 1))
    connection.state = ConnectionState.OPEN if is_open else ConnectionState.CLOSED
    task = asyncio.create_task(asyncio.sleep(60))  # noqa: TID251 - the test keeps it
    writer = cast("asyncio.StreamWriter", object()) if has_writer else None
    cut(connection, ConnectionIO(handler=task, writer=writer), "because")
    assert bool(task.cancelling()) is is_cut
    task.cancel()
    await asyncio.wait([task])


async def test_a_clients_handler_and_its_upstreams_are_found_while_they_last(house: House) -> None:
    key = await house.key()
    house.upstream.engine.hold()
    async with house.wire() as wire:
        await wire.send(chat_request(key))
        await house.upstream.engine.until_running(1)
        (client_id,) = [known for known in house.connections if upstreams_of(str(known))]
        handler = handler_of(str(client_id))
        assert handler is not None
        assert [connection.address for connection, _ in upstreams_of(str(client_id))] == [
            ("127.0.0.1", house.upstream.port)
        ]
    await house.until_idle()
    assert handler_of("nobody") is None
    assert upstreams_of("nobody") == []


def test_handlers_and_their_sockets_are_where_they_were() -> None:
    assert "connections" in Proxyserver.__annotations__
    assert "transports" in ConnectionHandler.__annotations__
    assert {"handler", "writer"} <= set(inspect.signature(ConnectionIO).parameters)
