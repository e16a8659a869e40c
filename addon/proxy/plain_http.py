"""The choice of protocol: plain HTTP/1 for every connection, nothing else."""

from mitmproxy.proxy import layer
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.http import HttpLayer

from addon.proxy.connections import Connections
from addon.proxy.door import Door
from addon.proxy.http_layer import PatientHttpLayer
from addon.proxy.layers import Excuse


class PlainHttp:
    """The `next_layer` addon: whatever arrives is HTTP/1, or it is refused as malformed HTTP/1.

    No TLS, no HTTP/2: an HTTP/2 body without length would smuggle a second request past every hook.
    """

    # mitmproxy warns at start unless some addon has this name.
    name = "nextlayer"

    def __init__(self, excuse: Excuse, connections: Connections) -> None:
        self._excuse = excuse
        self._connections = connections

    def next_layer(self, nextlayer: layer.NextLayer) -> None:
        """Choose the layer of a fresh connection."""
        nextlayer.layer = plain_http_layer(nextlayer.context, self._excuse, self._connections)


def plain_http_layer(context: Context, excuse: Excuse, connections: Connections) -> HttpLayer:
    """An HTTP layer that speaks HTTP/1 to its client, behind a door, with streams that may begin early."""
    http_layer = PatientHttpLayer(context, excuse)
    http_layer.connections[context.client] = Door(context.fork(), excuse, connections)
    return http_layer
