"""Answers the gate writes itself: refusals in the caller's dialect, and the live JSON."""

import json

from mitmproxy import http
from mitmproxy.net.http.status_codes import RESPONSES

from addon.core.dialect import Dialect, dialect_of, refusal_body
from addon.core.refusal import Refusal

_JSON = {"Content-Type": "application/json", "Cache-Control": "no-store"}
# Ollama's command line replaces the text of every 401 by "you need to be signed in"; it shows a 403's.
_HIDES_401 = "ollama/"


def refusal_response(refusal: Refusal, path: str, user_agent: str = "") -> http.Response:
    """The whole answer to a refused request."""
    headers = _JSON | {"X-Sluice-Reason": refusal.reason.code}
    if refusal.retry_after_s is not None:
        headers["Retry-After"] = str(refusal.retry_after_s)
    status = 403 if refusal.status == 401 and user_agent.startswith(_HIDES_401) else refusal.status
    return http.Response.make(status, refusal_body(refusal, dialect_of(path)), headers)


def json_response(document: object, status: int = 200) -> http.Response:
    """A live JSON answer."""
    return http.Response.make(status, json.dumps(document, separators=(",", ":")).encode(), _JSON)


def redirect_response(location: str) -> http.Response:
    """Send a browser elsewhere on this host."""
    return http.Response.make(302, b"", {"Location": location, "Cache-Control": "no-store"})


def raw_refusal(refusal: Refusal, dialect: Dialect) -> bytes:
    """A refusal as bytes for a connection that is closed behind it."""
    body = refusal_body(refusal, dialect)
    lines = [
        f"HTTP/1.1 {refusal.status} {RESPONSES.get(refusal.status, '')}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        f"X-Sluice-Reason: {refusal.reason.code}",
        "Connection: close",
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
