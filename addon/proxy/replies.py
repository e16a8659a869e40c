"""Answers the gate writes itself: refusals in the caller's dialect, and the live JSON."""

import json
from collections.abc import Mapping
from types import MappingProxyType

from mitmproxy import http
from mitmproxy.net.http.status_codes import RESPONSES

from addon.core.dialect import Dialect, dialect_of, refusal_body
from addon.core.refusal import Reason, Refusal

OWN_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
)
"""Of what the gate itself has to tell: nobody keeps it, guesses at its type, or builds it into a page."""
_JSON = {"Content-Type": "application/json", "Cache-Control": "no-store"}
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})
_CHALLENGE = 'Bearer realm="sluice"'
# Ollama's command line replaces the text of every 401 by "you need to be signed in"; it shows a 403's.
_HIDES_401 = "ollama/"


def answer(flow: http.HTTPFlow, response: http.Response) -> None:
    """Make this the flow's answer, to HEAD without the body.

    mitmproxy would send it, and the client would take it for the answer to its next request.
    """
    if flow.request.method == "HEAD":
        response.raw_content = b""
    flow.response = response


def refusal_response(refusal: Refusal, path: str, user_agent: str = "") -> http.Response:
    """The whole answer to a refused request."""
    body, headers = refusal_body(refusal, dialect_of(path)), _refusal_headers(refusal)
    return http.Response.make(_status(refusal, user_agent), body, headers)


def json_response(document: object, status: int = 200) -> http.Response:
    """A live JSON answer."""
    body = json.dumps(document, separators=(",", ":")).encode()
    return http.Response.make(status, body, {**_JSON, **OWN_HEADERS})


def raw_refusal(
    refusal: Refusal,
    dialect: Dialect,
    user_agent: str = "",
    *,
    has_body: bool = True,
    more: Mapping[str, str] = _NO_HEADERS,
) -> bytes:
    """A refusal as bytes for a connection that is closed behind it; `has_body` is false for HEAD.

    `more` holds headers beside the refusal's own.
    """
    body, status = refusal_body(refusal, dialect), _status(refusal, user_agent)
    headers = {
        **_refusal_headers(refusal),
        **more,
        "Content-Length": str(len(body)),
        "Connection": "close",
    }
    lines = [
        f"HTTP/1.1 {status} {RESPONSES.get(status, '')}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + (body if has_body else b"")


def _status(refusal: Refusal, user_agent: str) -> int:
    return 403 if refusal.status == 401 and user_agent.startswith(_HIDES_401) else refusal.status


def _refusal_headers(refusal: Refusal) -> dict[str, str]:
    headers = _JSON | {"X-Sluice-Reason": refusal.reason.code}
    if refusal.status == 401:
        headers["WWW-Authenticate"] = _CHALLENGE  # RFC 9110, section 11.6.1
    if refusal.reason is Reason.WRONG_METHOD:
        headers["Allow"] = refusal.detail  # RFC 9110, section 15.5.6
    if refusal.retry_after_s is not None:
        headers["Retry-After"] = str(refusal.retry_after_s)
    return headers
