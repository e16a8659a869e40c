"""The client connections: how many there are, and which of them owe us bytes.

Promise: no client holds more connections than the limits say, and none that owes us bytes (of a head, of a body,
or its farewell) keeps us waiting for longer than it was given. A connection whose request is being served owes
nothing and is not looked at, so that thousands of held requests cost nothing while nothing happens.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable

from mitmproxy.connection import Client

from addon.core.addresses import Address, parse_address
from addon.core.refusal import Refusal
from addon.proxy.handlers import cut, handler_of
from addon.proxy.limits import DoorLimits

_LOOK_PERIOD_S = 1.0


class Connections:
    """Counts clients and keeps their deadlines."""

    def __init__(self, limits: DoorLimits) -> None:
        self.limits = limits
        self.on_refused: Callable[[Client, Refusal], None] = _nobody_asks
        """Told of what the door refuses, below all hooks."""
        self._addresses: dict[str, Address | None] = {}  # by client connection
        self._per_address: Counter[Address | None] = Counter()
        self._due_at: dict[str, float] = {}  # by client connection
        self._body_limits: dict[str, int | None] = {}  # by client connection

    def admit(self, client: Client) -> bool:
        """Count a new connection, which owes us its first head; false for one too many, which is not counted."""
        address = parse_address(client.peername[0])
        if len(self._addresses) >= self.limits.connections:
            return False
        if self._per_address[address] >= self.limits.connections_per_address and not self._is_trusted(address):
            return False
        self._addresses[client.id] = address
        self._per_address[address] += 1
        self.expect(client, self.limits.head_s)
        return True

    def forget(self, client: Client) -> None:
        """A connection is gone; one that was not counted changes nothing."""
        self.expect_nothing(client)
        if client.id in self._addresses:
            address = self._addresses.pop(client.id)
            self._per_address[address] -= 1
            if not self._per_address[address]:
                del self._per_address[address]

    def expect(self, client: Client, within_s: float) -> None:
        """From now on the client owes us bytes; it is cut when they take longer."""
        if client.id in self._addresses:
            self._due_at[client.id] = time.monotonic() + within_s

    def expect_nothing(self, client: Client) -> None:
        """The client owes us nothing; its request is complete, or it is gone."""
        self._due_at.pop(client.id, None)
        self._body_limits.pop(client.id, None)

    def limit_body(self, client: Client, most: int | None) -> None:
        """The body of this client's present request may have so many bytes; None: any number."""
        if client.id in self._addresses:
            self._body_limits[client.id] = most

    def body_limit(self, client: Client) -> int | None:
        """How large the body of this client's present request may be, once its head has been judged."""
        return self._body_limits.get(client.id)

    def is_upload(self, client: Client) -> bool:
        """Whether this client's present request brings a file of any size."""
        return client.id in self._body_limits and self._body_limits[client.id] is None

    async def watch(self) -> None:
        """Cut whoever is late, for as long as the gate runs."""
        while True:
            await asyncio.sleep(_LOOK_PERIOD_S)
            now = time.monotonic()
            for client_id in [client_id for client_id, due_at in self._due_at.items() if due_at <= now]:
                self._due_at.pop(client_id)
                if (handler := handler_of(client_id)) is not None and handler.client in handler.transports:
                    cut(handler.client, handler.transports[handler.client], "the client is too slow")

    def _is_trusted(self, address: Address | None) -> bool:
        return address is not None and any(address in network for network in self.limits.trusted_proxies)


def _nobody_asks(_client: Client, _refusal: Refusal) -> None:
    """Before the gate is put together."""
