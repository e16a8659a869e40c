"""Which headers pass the gate, each way.

Promise: what goes to Ollama is built from an allow-list, so no credential, cookie, forwarding or hop-by-hop
header reaches it, whatever it is called. (Ollama copies request headers to ollama.com for cloud models.)
"""

from collections.abc import Mapping

from mitmproxy import http
from mitmproxy.net.http.http1 import connection_close

from addon.settings import Address

# Framing stays as mitmproxy parsed it; the rest is what Ollama reads.
_TO_OLLAMA = frozenset(
    {
        "content-type",
        "content-length",
        "transfer-encoding",
        "accept",
        "user-agent",
        "openai-beta",
        "anthropic-version",
    }
)
_FORWARDING = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "X-Real-IP")
_FROM_PROXIES = ("CF-Connecting-IP", "CF-Ray", "X-Sluice-Gate", "X-Sluice-Address", "Upgrade", "HTTP2-Settings")
_HARMLESS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
}
_FOR_PAGES = b"access-control-"


def header_pairs(request: http.Request) -> list[tuple[str, str]]:
    """All header fields as (lower-case name, value), in order; undecodable bytes survive as surrogates."""
    return [
        (name.decode("latin-1").lower(), value.decode("utf-8", "surrogateescape"))
        for name, value in request.headers.fields
    ]


def put(headers: http.Headers, more: Mapping[str, str]) -> None:
    """Set some headers, each to this one value.

    One by one, mitmproxy would read all of them anew each time; on the way of every request that adds up.
    """
    fresh = {name.lower().encode(): (name.encode(), value.encode()) for name, value in more.items()}
    kept = [field for field in headers.fields if field[0].lower() not in fresh]
    headers.fields = (*kept, *fresh.values())


def for_ollama(request: http.Request, upstream: Address) -> None:
    """Reduce a request's headers to what Ollama needs."""
    asks_to_close = connection_close(request.http_version, request.headers)
    request.headers.fields = tuple(
        field for field in request.headers.fields if field[0].lower().decode("latin-1") in _TO_OLLAMA
    )
    # A compressed answer could not be metered, and no client needs one from the same machine or network.
    fresh = {"Host": str(upstream), "Accept-Encoding": "identity"}
    # mitmproxy looks here when it decides whether to close the client's connection behind the answer.
    put(request.headers, fresh | {"Connection": "close"} if asks_to_close else fresh)


def for_web_app(request: http.Request, gate_secret: str, address: str) -> None:
    """Vouch for a request to the web app: who forwards it, and from which address it came."""
    for name in (*_FORWARDING, *_FROM_PROXIES):
        request.headers.pop(name, None)
    request.headers["X-Sluice-Gate"] = gate_secret
    request.headers["X-Sluice-Address"] = address


def harden_ollama_answer(response: http.Response) -> None:
    """Make an answer of Ollama's harmless to a browser that is led to it, and unbuffered on its way."""
    headers = response.headers
    headers.fields = tuple(field for field in headers.fields if not field[0].lower().startswith(_FOR_PAGES))
    is_stream = any(field[0].lower() == b"transfer-encoding" for field in headers.fields)
    put(headers, _HARMLESS | {"X-Accel-Buffering": "no"} if is_stream else _HARMLESS)
