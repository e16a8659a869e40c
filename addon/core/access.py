"""What a recognised asker may do: scopes, models, and what a browser must show.

Promise: a cookie or an address is sent along by a browser whether its user wants it or not, so both are
checked against the page that asks: a cookie needs the session's CSRF token and our own Origin, an address
needs that no foreign page asks in its name (fetch metadata, CSRF: OWASP cheat sheet).
"""

from addon.core import session
from addon.core.credential import Headers
from addon.core.model_names import canonical
from addon.core.policy import Identity
from addon.core.principal import Principal
from addon.core.refusal import Reason, Refusal
from addon.core.routes import Route, RouteKind

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def refuse_route(principal: Principal, route: Route) -> Refusal | None:
    """The refusal when the principal may not use this Ollama route at all."""
    if route.kind is RouteKind.OWNER:
        return Refusal(Reason.ROUTE_DISABLED, route.path)
    if route.scope is not None and route.scope not in principal.scopes:
        return Refusal(Reason.SCOPE_MISSING, route.scope.value)
    return None


def refuse_model(principal: Principal, model: str) -> Refusal | None:
    """The refusal when the principal's list of models does not hold this one."""
    if principal.models is None or canonical(model) in {canonical(name) for name in principal.models}:
        return None
    return Refusal(Reason.MODEL_NOT_ALLOWED, model)


def refuse_browser(identity: Identity, method: str, headers: Headers, secret: bytes) -> Refusal | None:
    """The refusal when a browser may be asking without its user's wish."""
    if identity.by_cookie and method not in SAFE_METHODS:
        shown = _first(headers, "x-csrf-token") or ""
        session_id = identity.session_id
        is_wished = session_id is not None and session.is_csrf_token(shown, session_id, secret)
        return None if is_wished and _is_own_origin(headers) else Refusal(Reason.CSRF)
    if identity.by_address and _asks_for_foreign_page(headers):
        return Refusal(Reason.FOREIGN_ORIGIN)
    return None


def _asks_for_foreign_page(headers: Headers) -> bool:
    if _first(headers, "sec-fetch-site") in ("cross-site", "same-site"):
        return True
    return _first(headers, "origin") is not None and not _is_own_origin(headers)


def _is_own_origin(headers: Headers) -> bool:
    # The scheme is not compared: behind a tunnel the browser says https and the gate sees http.
    origin, host = _first(headers, "origin") or "", _first(headers, "host") or ""
    scheme, mark, authority = origin.partition("://")
    return scheme in ("http", "https") and bool(mark) and authority.lower() == host.lower() != ""


def _first(headers: Headers, wanted: str) -> str | None:
    return next((value for name, value in headers if name == wanted), None)
