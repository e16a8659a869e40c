"""The room that request bodies have in memory, from their first byte to the end of their request.

Promise: whoever is let in shares one room, of which nobody gets more than half, so many keys with many large
requests cannot fill the memory. Visitors whom the gate does not know (the pages' forms, before the web app has
looked at them) share a small one of their own, and cannot take anything from the others.
"""

from ipaddress import ip_address

from mitmproxy.connection import Client

from addon.core.held_bodies import HeldBodies, HeldBody
from addon.core.throttle import place_of
from addon.proxy.visit import Visit

_LARGEST_BODIES = 8
_LEAST_BYTES = 64 * 2**20
_STRANGERS_BYTES = 64 * 2**20
_STRANGER_BYTES = 8 * 2**20


class BodyRoom:
    """Both rooms, and which client connection holds what of them: one body at a time, as HTTP/1 has it."""

    def __init__(self, body_bytes: int) -> None:
        """`body_bytes` is the largest body there may be; eight of them fit, and never less than 64 MiB."""
        most_bytes = max(_LARGEST_BODIES * body_bytes, _LEAST_BYTES)
        self.known = HeldBodies(most_bytes, most_bytes // 2)
        self.strangers = HeldBodies(_STRANGERS_BYTES, _STRANGER_BYTES)
        self._by_client: dict[str, HeldBody] = {}

    def begin(self, client: Client, visit: Visit) -> HeldBody:
        """The body of this client's next request is about to come."""
        self.end(client)
        if visit.identity is None:
            place = place_of(visit.address, ip_address(client.peername[0]))
            body = HeldBody(self.strangers, place)
        else:
            body = HeldBody(self.known, visit.identity.principal.id)
        self._by_client[client.id] = body
        return body

    def end(self, client: Client) -> None:
        """This client's request is over, or its connection is."""
        body = self._by_client.pop(client.id, None)
        if body is not None:
            body.end()
