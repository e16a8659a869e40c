"""What a recognised asker may do: scopes, models, and what a browser must show.

Promise: a cookie or an address is sent along by a browser whether its user wants it or not, so both are
checked against the page that asks: a cookie needs the session's CSRF token and our own Origin, an address
needs that no foreign page asks in its name (fetch metadata, CSRF: OWASP cheat sheet).
"""

from collections.abc import Collection

from addon.core import session
from addon.core.headers import Headers, first_of
from addon.core.model_names import canonical
from addon.core.origins import foreign_page_asks, is_own_origin
from addon.core.policy import Identity
from addon.core.principal import Principal, Scope
from addon.core.refusal import Reason, Refusal
from addon.core.routes import Route, RouteKind

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def refuse_route(principal: Principal, route: Route, *, owner_routes: bool = False) -> Refusal | None:
    """The refusal when the principal may not use this Ollama route at all."""
    if route.kind is RouteKind.OWNER and not owner_routes:
        return Refusal(Reason.ROUTE_DISABLED, route.path)
    if route.scope is not None and route.scope not in principal.scopes:
        return Refusal(Reason.SCOPE_MISSING, route.scope.value)
    return None


def refuse_web_search(principal: Principal, *, owner_routes: bool) -> Refusal | None:
    """The refusal when the principal may not have Ollama search the web, which is as much as an owner route."""
    if not owner_routes:
        return Refusal(Reason.WEB_SEARCH)
    return None if Scope.ADMIN in principal.scopes else Refusal(Reason.SCOPE_MISSING, Scope.ADMIN.value)


def refuse_model(principal: Principal, model: str) -> Refusal | None:
    """The refusal when the principal's list of models does not hold this one."""
    if principal.models is None or canonical(model) in {canonical(name) for name in principal.models}:
        return None
    return Refusal(Reason.MODEL_NOT_ALLOWED, model)


def refuse_key_in_path(principal: Principal) -> Refusal | None:
    """The refusal when the principal's key may not stand in a path, where histories and foreign logs keep it."""
    too_much = principal.scopes & {Scope.MANAGE, Scope.ADMIN}
    return Refusal(Reason.KEY_IN_PATH, " and ".join(sorted(too_much))) if too_much else None


def refuse_browser(
    identity: Identity, method: str, headers: Headers, secret: bytes, allowed_origins: Collection[str] = ()
) -> Refusal | None:
    """The refusal when a browser may be asking without its user's wish."""
    if identity.by_cookie and method not in SAFE_METHODS:
        return None if _is_wished(identity, headers, secret) else Refusal(Reason.CSRF)
    if identity.by_address and foreign_page_asks(headers, allowed_origins):
        return Refusal(Reason.FOREIGN_ORIGIN)
    return None


def _is_wished(identity: Identity, headers: Headers, secret: bytes) -> bool:
    shown, origin = first_of(headers, "x-csrf-token"), first_of(headers, "origin")
    session_id = identity.session_id
    has_token = session_id is not None and session.is_csrf_token(shown, session_id, secret)
    return has_token and is_own_origin(origin, headers)
