"""mitmproxy's handlers of the connections, by client: where their sockets are reached and closed.

Internals of the pinned mitmproxy 12.2.3 that this relies on: `Proxyserver.connections`, and the `transports` of
its handlers.
"""

from typing import cast

from mitmproxy import ctx
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.connection import Connection, ConnectionState, Server
from mitmproxy.proxy.mode_servers import ProxyConnectionHandler
from mitmproxy.proxy.server import ConnectionIO


def handler_of(client_id: str) -> ProxyConnectionHandler | None:
    """The handler of a client's connection; None when it is gone."""
    proxyserver = cast("Proxyserver", ctx.master.addons.get("proxyserver"))
    return proxyserver.connections.get(client_id)


def upstreams_of(client_id: str) -> list[tuple[Server, ConnectionIO]]:
    """The upstream connections that serve this client, open or still opening."""
    handler = handler_of(client_id)
    if handler is None:
        return []
    return [(connection, io) for connection, io in handler.transports.items() if isinstance(connection, Server)]


def cut(connection: Connection, io: ConnectionIO, why: str) -> None:
    """Close a connection at once, open or still opening."""
    # Cancelled once more while it closes, its handler would leave the socket open.
    is_closing = io.writer is not None and connection.state is ConnectionState.CLOSED
    if io.handler is not None and not is_closing:
        io.handler.cancel(why)
