"""The headers every answer leaves with.

Sources: OWASP Secure Headers; Content Security Policy Level 3; Trusted Types. No page needs inline script or
style, and nothing comes from another origin, ever.
"""

from flask import Flask, Response, g

from addon.core.policy import Identity

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; "
    "script-src 'self'; "
    "style-src 'self'; "
    "img-src 'self' data: blob:; "
    "font-src 'self'; "
    "connect-src 'self'; "
    "base-uri 'none'; "
    "form-action 'self'; "
    "frame-ancestors 'none'; "
    "require-trusted-types-for 'script'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


ASKER_HEADER = "X-Sluice-Asker"
"""Who asked, for the gate's access log; the gate takes it off."""


def init_app(app: Flask) -> None:
    """Add the headers to every answer, errors included."""
    app.after_request(_secure)


def _secure(response: Response) -> Response:
    response.headers.update(SECURITY_HEADERS)
    # Static files state their own caching; everything else may hold somebody's secrets.
    response.headers.setdefault("Cache-Control", "no-store")
    asker: Identity | None = g.get("identity")
    if asker is not None:
        response.headers[ASKER_HEADER] = asker.principal.id
    return response
