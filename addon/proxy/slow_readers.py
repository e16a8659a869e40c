"""Clients that stop reading must not stop Ollama.

Ollama can lose its only slot for ever when a streaming client's window fills up and the client then leaves: its
handler goes while the goroutine that holds the slot waits to be read (reproduced, also through mitmproxy, which
passes back-pressure on). So an upstream is always read at its own pace into a bounded buffer, and a client that
falls behind by more than the buffer is cut. The upstream was never stalled, so it takes that as any other leave.
Only streams are treated so: tokens come slowly, while an answer in one piece may well be larger than the buffer.
"""

import asyncio
from typing import cast

from mitmproxy import http
from mitmproxy.connection import Client

from addon.proxy.handlers import handler_of

MOST_UNREAD_BYTES = 8 * 2**20
"""What one client may leave unread."""


def read_ahead_for(client: Client) -> None:
    """Let this client's answers be buffered, so that its own pace does not reach the upstream."""
    transport = _transport_of(client)
    if transport is not None:
        # Above the limit at which the client is cut, so that writing never waits below it.
        transport.set_write_buffer_limits(high=2 * MOST_UNREAD_BYTES)


def is_too_slow(flow: http.HTTPFlow) -> bool:
    """Whether the flow's client has left more unread than it may."""
    transport = _transport_of(flow.client_conn)
    return transport is not None and transport.get_write_buffer_size() > MOST_UNREAD_BYTES


def cut_client(flow: http.HTTPFlow) -> None:
    """Close the client's connection without waiting for what it has not read."""
    transport = _transport_of(flow.client_conn)
    if transport is not None:
        transport.abort()


def _transport_of(client: Client) -> asyncio.WriteTransport | None:
    handler = handler_of(client.id)
    io = handler.transports.get(client) if handler else None
    return cast("asyncio.StreamWriter", io.writer).transport if io and io.writer else None
