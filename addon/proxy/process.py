"""What the gate asks of its own process before it serves, each for a reason that was measured (scripts/bench).

Internals of the pinned mitmproxy 12.2.3 that this relies on: `AsyncioServerInstance._servers`.
"""

import asyncio
import gc
import os
import resource
import socket

from mitmproxy.addons.proxyserver import Proxyserver

_BACKLOG = 4096


def allow_open_files() -> None:
    """Take as many file descriptors as the system lets us: each client holds one, each running request two."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def lengthen_backlog(proxyserver: Proxyserver) -> None:
    """Let a crowd wait at the door: of asyncio's hundred places, the rest is tried again only after seconds."""
    for instance in proxyserver.servers:
        for server in getattr(instance, "_servers", ()):
            for listening in server.sockets if isinstance(server, asyncio.Server) else ():
                with socket.socket(fileno=os.dup(listening.fileno())) as again:
                    again.listen(_BACKLOG)


def settle_memory() -> None:
    """Spare full collections what lives as long as the process; each made everybody wait for some 100 ms."""
    gc.collect()
    gc.freeze()
