"""What people do to the models themselves, as the audit log is told: pulled, deleted, made, copied, pushed.

Promise: every request that manages models or uses the owner's account at ollama.com and that went on to Ollama is
told once, at its end, with the status it was given. Looking (GET, HEAD) is no deed, and neither is what the gate
refused: the journal counts refusals.
"""

from mitmproxy import http

from addon.core.access import SAFE_METHODS
from addon.core.routes import RouteKind
from addon.core.ticket import TicketState
from addon.proxy.access_line import clean
from addon.proxy.records import status_told
from addon.proxy.visit import Visit
from addon.store.audit import Actor, Deed

_ACTIONS = {f"/api/{what}": f"model.{what}" for what in ("pull", "delete", "create", "copy", "push")}
_KINDS = (RouteKind.MANAGE, RouteKind.OWNER)


def actor_of(visit: Visit) -> Actor:
    """Who acts. Only for visits with an identity."""
    if visit.identity is None:
        raise ValueError("nobody is known to act")
    principal = visit.identity.principal
    return Actor(principal.id, principal.label, None if visit.address is None else str(visit.address))


def model_deed(flow: http.HTTPFlow, visit: Visit, state: TicketState, by: str) -> Deed | None:
    """What this exchange, which is over, did to the models; None if nothing."""
    is_change = visit.route.kind in _KINDS and flow.request.method not in SAFE_METHODS
    if not is_change or not visit.is_forwarded or visit.identity is None:
        return None
    after: dict[str, object] = {"status": status_told(flow.response, visit, state)}
    if state is not TicketState.DONE:
        after["ended_by"] = by
    path = visit.route.path
    if not visit.models:
        return Deed(_ACTIONS.get(path, "ollama.request"), f"path:{clean(path)}", clean(path), None, after)
    names = clean(", ".join(visit.models))
    return Deed(_ACTIONS.get(path, "ollama.request"), f"model:{names}", names, None, after)
