"""Pages of allowed origins may call Ollama's routes and read the answers (CORS, Fetch Standard section 3.2).

Promise: a foreign origin is named in an answer only where the settings name it, one by one or by its scheme, and
on Ollama's routes only; cookies never travel this way. Refusals carry the headers too: without them a browser
tells its page "failed to fetch" and nothing else.
"""

import re
from collections.abc import Collection
from weakref import WeakKeyDictionary

from mitmproxy import http

from addon.core.origins import readers_origin
from addon.proxy.headers import header_pairs

_EXPOSED = (
    "X-Queue-Ticket, X-Queue-Class, X-Queue-Base, X-Queue-Position, X-Queue-Wait-Ms, X-Queue-Effective, "
    "Server-Timing, X-Sluice-Reason, Retry-After"
)
_METHODS = "GET, HEAD, POST, DELETE"
_REQUEST_HEADERS = (
    "Authorization",
    "Content-Type",
    "X-API-Key",
    "X-Queue-Ticket",
    "X-Priority",
    # What the SDKs for browsers add by themselves.
    "Accept",
    "User-Agent",
    "X-Requested-With",
    "OpenAI-Beta",
    "Anthropic-Version",
    "Anthropic-Beta",
    "Anthropic-Dangerous-Direct-Browser-Access",
)
_SDK_HEADER = re.compile(r"x-stainless-[a-z0-9-]{1,40}")
_MAX_AGE_S = 7200  # the longest that Chromium keeps a preflight's answer
_OLLAMAS = ("/api/", "/v1/")
_OUR_OWN = ("/api/admin/", "/api/auth/")

# Beside the request and not in its flow: the layer that speaks for a killed flow knows the request alone, and by
# then its Origin header may be gone.
_allowed: WeakKeyDictionary[http.Request, str] = WeakKeyDictionary()


def note_origin(request: http.Request, path: str, allowed: Collection[str]) -> None:
    """Keep the request's Origin for its answer, if its pages may read what this path answers.

    `path` is without key and prefix; `allowed` as in `addon.core.origins`.
    """
    if "origin" not in request.headers:
        return
    origin = readers_origin(header_pairs(request), allowed)
    is_ollamas = path == "/" or (path.startswith(_OLLAMAS) and not path.startswith(_OUR_OWN))
    if origin is not None and is_ollamas:
        _allowed[request] = origin


def answer_headers(request: http.Request | None) -> dict[str, str]:
    """What the answer to this request must say so that the page may read it; nothing for most requests."""
    origin = None if request is None else _allowed.get(request)
    if origin is None:
        return {}
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": _EXPOSED,
        "Vary": "Origin",
    }


def let_page_read(request: http.Request, response: http.Response) -> None:
    """Add these headers to an answer."""
    headers = answer_headers(request)
    if headers:
        vary = response.headers.get("vary")
        response.headers.update(headers)
        response.headers["Vary"] = f"{vary}, Origin" if vary else "Origin"


def is_preflight(request: http.Request) -> bool:
    """Whether a browser asks what a page may ask."""
    is_options = request.data.method == b"OPTIONS"
    return is_options and "origin" in request.headers and "access-control-request-method" in request.headers


def preflight_response(request: http.Request) -> http.Response:
    """The answer to a preflight that is allowed; `let_page_read` adds for whom."""
    headers = {
        "Access-Control-Allow-Methods": _METHODS,
        "Access-Control-Allow-Headers": ", ".join((*_REQUEST_HEADERS, *_sdk_headers(request))),
        "Access-Control-Max-Age": str(_MAX_AGE_S),
        "Vary": "Access-Control-Request-Headers, Access-Control-Request-Private-Network",
    }
    if request.headers.get("access-control-request-private-network") == "true":
        headers["Access-Control-Allow-Private-Network"] = "true"
    response = http.Response.make(204, b"", headers)
    del response.headers["Content-Length"]  # RFC 9110, section 8.6: not with 204
    return response


def _sdk_headers(request: http.Request) -> list[str]:
    asked = request.headers.get("access-control-request-headers", "").lower().split(",")
    return [name for name in (one.strip() for one in asked) if _SDK_HEADER.fullmatch(name)]
