"""Who acts in the present request, as the audit log is told."""

from flask import request

from addon.store.engine import Actor
from admin_app.guard import the_identity

ADDRESS_HEADER = "X-Sluice-Address"
"""Set by the gate, which removes what clients send under this name; empty when it does not know the address."""


def the_actor() -> Actor:
    """The signed-in person or the key that asks; only in a view whose rule is not ANYONE."""
    principal = the_identity().principal
    return Actor(principal.id, principal.label, the_address())


def the_address() -> str | None:
    """Where the request comes from; None when that is unknown."""
    return request.headers.get(ADDRESS_HEADER) or None
