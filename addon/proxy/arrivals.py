"""The first look at a request, before anybody judges it.

Promise: from here on the flow's path holds no key, so nothing that logs, keeps or forwards the flow can tell it;
and whatever becomes of the request, its client can be answered in its dialect and, in a browser, can hear it.
"""

from mitmproxy import http

from addon.core.key_path import dialect_path, take_key
from addon.proxy.cors import note_origin
from addon.proxy.visits import note_path
from addon.settings import Settings


def receive(flow: http.HTTPFlow, settings: Settings) -> str | None:
    """Take the key out of the flow's path and return it; note how to speak to whoever asks."""
    path_key, flow.request.data.path = take_key(flow.request.data.path)
    path = dialect_path(flow.request.data.path, settings.gate.path_prefixes)
    note_path(flow, path)
    note_origin(flow.request, path, settings.gate.allowed_origins)
    return path_key
