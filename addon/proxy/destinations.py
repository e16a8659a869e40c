"""Where requests may go, and closing the way back.

Promise: the proxy's own target is dead. A request reaches an upstream only after `open_way`, the last step of a
successful decision; every other connection is refused in `server_connect`.
"""

import asyncio

from mitmproxy import http
from mitmproxy.proxy.server_hooks import ServerConnectionHookData

from addon.proxy.handlers import cut, upstreams_of
from addon.settings import Address

_CLOSING_S = 1.0


class Destinations:
    """The grants: which client connection may open a connection to which address."""

    def __init__(self) -> None:
        self._granted: dict[str, tuple[str, int]] = {}

    def open_way(self, flow: http.HTTPFlow, to: Address) -> None:
        """Point the request at an upstream and allow the connection."""
        self._granted[flow.client_conn.id] = (to.host, to.port)
        # The properties of the same names would rewrite the Host header as well.
        flow.request.data.scheme = b"http"
        flow.request.data.host = to.host
        flow.request.data.port = to.port

    def close_way(self, client_id: str) -> None:
        """Allow this client connection nothing further."""
        self._granted.pop(client_id, None)

    def refuse_ungranted(self, data: ServerConnectionHookData) -> None:
        """Refuse a connection nobody has granted."""
        address = data.server.address
        if address is None or self._granted.get(data.client.id) != (address[0], address[1]):
            data.server.error = "no decision has opened the way to this address"


def cut_upstream(flow: http.HTTPFlow) -> None:
    """Close the connection to this flow's upstream, open or still opening; mitmproxy then fires `error`."""
    # The flow learns its connection only once that is open, so all of this client's are closed: HTTP/1 uses one
    # at a time, and the others are idle.
    for connection, io in upstreams_of(flow.client_conn.id):
        cut(connection, io, "the gate ends this request")


async def close_upstream(flow: http.HTTPFlow) -> None:
    """Close the connection to this flow's upstream and return once its socket is closed."""
    cut_upstream(flow)
    closing = [io.handler for _, io in upstreams_of(flow.client_conn.id) if io.handler is not None]
    if closing:
        await asyncio.wait(closing, timeout=_CLOSING_S)
