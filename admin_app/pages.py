"""What every page needs: who is signed in, their CSRF token, where the admin panel is, how instants look."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

from flask import Flask, Response, request

from addon.core.hosts import host_of
from addon.core.session import csrf_token
from admin_app.cookies import CSRF_COOKIE, session_lifetime_s, set_csrf_cookie
from admin_app.guard import known_identity
from admin_app.parts import the_context

_END_OF_CALENDAR = datetime.max.replace(tzinfo=UTC).timestamp()


def init_app(app: Flask) -> None:
    """Prepare templates and keep the CSRF cookie in step with the session."""
    app.add_template_filter(written, "written")
    app.after_request(_renew_csrf_cookie)


def page_facts() -> dict[str, object]:
    """What base.html shows: the signed-in name, whether they administer, and the token of their forms."""
    identity = known_identity()
    if identity is None or identity.session_id is None:
        return {"user_name": None, "is_admin": False, "admin_url": "", "csrf_token": ""}
    return {
        "user_name": identity.principal.label,
        "is_admin": identity.principal.is_admin,
        "admin_url": admin_url(),
        "csrf_token": csrf_token(identity.session_id, the_context().session_secret),
    }


def is_at_admin_host() -> bool:
    """Whether the visitor has asked for the name that is the admin panel's own."""
    admin_host = the_context().settings.gate.hosts.admin
    return admin_host != "" and host_of(request.headers.get("Host", "")) == admin_host


def admin_url() -> str:
    """Where the admin panel is: on this host, or under the name that it has for itself."""
    gate = the_context().settings.gate
    if not gate.hosts.admin or is_at_admin_host():
        return "/admin"
    public = urlsplit(gate.public_url)
    port = f":{public.port}" if public.port else ""
    return f"{public.scheme}://{gate.hosts.admin}{port}/admin"


def written(instant: float | None) -> str:
    """An instant (unix seconds) for people, in UTC; nothing for None."""
    if instant is None:
        return ""
    if instant >= _END_OF_CALENDAR:
        return "after the year 9999"  # the command line makes keys of any length
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _renew_csrf_cookie(response: Response) -> Response:
    # Cookies are shared by all ports of a host, so another Sluice may have replaced this one.
    if request.method != "GET" or response.mimetype != "text/html" or response.status_code != 200:
        return response
    if response.cache_control.public:
        return response  # a shared cache would hand this cookie to others
    identity = known_identity()
    if identity is None or identity.session_id is None or not identity.by_cookie:
        return response
    context = the_context()
    if request.cookies.get(CSRF_COOKIE) != csrf_token(identity.session_id, context.session_secret):
        lifetime_s = session_lifetime_s(is_admin=identity.principal.is_admin)
        set_csrf_cookie(response, context, identity.session_id, lifetime_s)
    return response
