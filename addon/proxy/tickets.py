"""Making a ticket from a request: its name, its model, its base priority."""

import re
import uuid

from mitmproxy import http

from addon.core.access import refuse_web_search
from addon.core.ask import FORM_PATHS, Ask, read_ask, read_form_ask
from addon.core.key_path import redacted
from addon.core.model_rules import refuse_models
from addon.core.principal import PRIORITIES, Principal
from addon.core.refusal import Reason, Refusal
from addon.core.ticket import Ticket
from addon.proxy.bodies import BodyRules, make_plain

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_STRICTEST = BodyRules()


def make_ticket(
    request: http.Request, principal: Principal, path: str, now_us: int, rules: BodyRules = _STRICTEST
) -> Ticket | Refusal:
    """Read the body and the X-Queue headers; refuse what cannot be understood or is not allowed."""
    ask = make_plain(request, rules) or _read(request, path)
    if isinstance(ask, Refusal):
        return ask
    refusal = _refuse_ask(ask, principal, rules)
    if refusal is not None:
        return refusal
    base = _base(request, principal)
    name = _name(request)
    if isinstance(base, Refusal):
        return base
    if isinstance(name, Refusal):
        return name
    return Ticket(name, principal, _model(ask), path, base, now_us, ask.is_streamed, ask.answers_json)


def _model(ask: Ask) -> str:
    """The model as it is shown and kept: whoever sends a key in its place must not find it in the journal."""
    return redacted(ask.model.encode()).decode()


def _refuse_ask(ask: Ask, principal: Principal, rules: BodyRules) -> Refusal | None:
    refusal = refuse_models(principal, [ask.model], cloud_models=rules.cloud_models)
    if refusal is None and ask.searches_web:
        return refuse_web_search(principal, owner_routes=rules.owner_routes)
    return refusal


def _read(request: http.Request, path: str) -> Ask | Refusal:
    body = request.raw_content or b""
    if path not in FORM_PATHS:
        return read_ask(body, path)
    if b"?" in request.data.path:
        # Go's FormValue lets a query's "model" stand above the form's.
        return Refusal(Reason.BODY_NOT_FORM, "its path has a query, which may speak for its fields")
    return read_form_ask(body, request.headers.get("content-type", ""))


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
