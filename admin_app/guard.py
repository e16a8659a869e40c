"""Before any view: who asks, may they, and is it really their wish.

Promise: a view runs only after its rule has been met. Unsafe requests with a cookie need the session's CSRF token
(header or form field) and our own Origin; unsafe requests of strangers (sign-in, registration) must be JSON and
must not come from a foreign page (OWASP, CSRF prevention).
"""

from flask import Flask, current_app, g, request
from flask.typing import ResponseReturnValue

from addon.core.access import SAFE_METHODS, refuse_browser
from addon.core.origins import foreign_page_asks
from addon.core.policy import Identity
from addon.core.principal import Scope
from addon.core.refusal import Reason, Refusal
from admin_app.errors import RefusedError
from admin_app.own_pages import check_is_json, headers_with_form_token
from admin_app.parts import the_parts
from admin_app.rules import Rule, rule_of
from admin_app.sign_in_path import to_login

_PAGES = frozenset({Rule.SIGNED_IN_PAGE, Rule.ADMIN_PAGE})
_SESSIONS = _PAGES | {Rule.SIGNED_IN_JSON}
_ADMINS = frozenset({Rule.ADMIN_PAGE, Rule.ADMIN_JSON})


def init_app(app: Flask) -> None:
    """Guard every route."""
    app.before_request(_guard)


def known_identity() -> Identity | None:
    """Who asks, when that is known; on open pages it is looked up on demand."""
    if "identity" not in g:
        found = the_parts().policies.identify(_headers())
        g.identity = found if isinstance(found, Identity) else None
    identity: Identity | None = g.identity
    return identity


def the_identity() -> Identity:
    """Who asks, in a view whose rule is not ANYONE."""
    identity = known_identity()
    if identity is None:
        raise RefusedError(Refusal(Reason.NO_CREDENTIAL))
    return identity


def is_asked_elsewhere() -> bool:
    """Whether another site's page asks, by a link, say: it may be shown, but nothing is spent on it."""
    return foreign_page_asks(_headers())


def _guard() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None  # unknown path or method: Flask answers 404 or 405
    rule = rule_of(current_app.view_functions[request.endpoint])
    if rule is None:
        raise RefusedError(Refusal(Reason.INTERNAL))
    if rule is Rule.ANYONE:
        _guard_open_route()
        return None
    found = the_parts().policies.identify(_headers())
    if isinstance(found, Refusal) or (rule in _SESSIONS and found.session_id is None):
        if rule in _PAGES:
            return to_login()
        raise RefusedError(found if isinstance(found, Refusal) else Refusal(Reason.NO_CREDENTIAL))
    g.identity = found
    _check_wish(found)
    if rule in _ADMINS and not found.principal.is_admin:
        raise RefusedError(Refusal(Reason.SCOPE_MISSING, Scope.ADMIN.value))
    return None


def _guard_open_route() -> None:
    if request.method in SAFE_METHODS:
        return
    if foreign_page_asks(_headers()):
        raise RefusedError(Refusal(Reason.CSRF))
    check_is_json(request)


def _check_wish(identity: Identity) -> None:
    secret = the_parts().context.session_secret
    headers = headers_with_form_token(_headers(), request)
    refusal = refuse_browser(identity, request.method, headers, secret)
    if refusal is not None:
        raise RefusedError(refusal)


def _headers() -> list[tuple[str, str]]:
    return [(name.lower(), value) for name, value in request.headers]
