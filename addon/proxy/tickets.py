"""Making a ticket from a request: its name, its model, its base priority."""

import re
import uuid

from mitmproxy import http

from addon.core import access
from addon.core.ask import read_ask
from addon.core.principal import PRIORITIES, Principal
from addon.core.refusal import Reason, Refusal
from addon.core.ticket import Ticket

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def make_ticket(request: http.Request, principal: Principal, path: str, now_us: int) -> Ticket | Refusal:
    """Read the body and the X-Queue headers; refuse what cannot be understood or is not allowed."""
    ask = read_ask(request.raw_content or b"", path)
    if isinstance(ask, Refusal):
        return ask
    refusal = access.refuse_model(principal, ask.model)
    if refusal is not None:
        return refusal
    base = _base(request, principal)
    name = _name(request)
    if isinstance(base, Refusal):
        return base
    if isinstance(name, Refusal):
        return name
    return Ticket(name, principal, ask.model, path, base, now_us, ask.is_streamed)


def _base(request: http.Request, principal: Principal) -> int | Refusal:
    wished = request.headers.get("x-priority")
    if wished is None:
        return principal.base
    if not re.fullmatch(r"[0-9]", wished.strip()) or int(wished) not in PRIORITIES:
        return Refusal(Reason.BAD_PRIORITY)
    # A client may step back, never forward.
    return max(principal.base, int(wished))


def _name(request: http.Request) -> str | Refusal:
    wished = request.headers.get("x-queue-ticket")
    if wished is None:
        return str(uuid.uuid4())
    return wished.lower() if _UUID.fullmatch(wished.lower()) else Refusal(Reason.BAD_TICKET_NAME)
