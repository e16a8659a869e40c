"""The two cookies of a session.

The session cookie is out of reach of scripts; the CSRF token beside it is meant to be read by our own pages and is
worthless without the other. `__Host-` (RFC 6265bis) keeps neighbours on the same domain from planting one.
"""

from werkzeug.wrappers import Response

from addon.core.credential import session_cookie_name
from addon.core.session import csrf_token
from admin_app.context import WebContext

SESSION_LIFETIME_S = 7 * 24 * 3600
ADMIN_SESSION_LIFETIME_S = 8 * 3600
"""Whoever can change everything signs in more often."""
CSRF_COOKIE = "sluice_csrf"


def session_cookie(context: WebContext) -> str:
    """The session cookie's name."""
    return session_cookie_name(is_https=context.is_https)


def session_lifetime_s(*, is_admin: bool) -> int:
    """How long somebody stays signed in."""
    return ADMIN_SESSION_LIFETIME_S if is_admin else SESSION_LIFETIME_S


def set_cookies(response: Response, context: WebContext, session_id: str, token: str, lifetime_s: int) -> None:
    """Sign the browser in."""
    response.set_cookie(
        session_cookie(context),
        token,
        max_age=lifetime_s,
        path="/",
        secure=context.is_https,
        httponly=True,
        samesite="Lax",
    )
    set_csrf_cookie(response, context, session_id, lifetime_s)


def set_csrf_cookie(response: Response, context: WebContext, session_id: str, lifetime_s: int) -> None:
    """Give page scripts the token they must show, for as long as a session may last."""
    response.set_cookie(
        CSRF_COOKIE,
        csrf_token(session_id, context.session_secret),
        max_age=lifetime_s,
        path="/",
        secure=context.is_https,
        httponly=False,
        samesite="Strict",
    )


def clear_cookies(response: Response, context: WebContext) -> None:
    """Sign the browser out."""
    secure = context.is_https
    response.delete_cookie(session_cookie(context), path="/", secure=secure, httponly=True, samesite="Lax")
    response.delete_cookie(CSRF_COOKIE, path="/", secure=secure, samesite="Strict")
