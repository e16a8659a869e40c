"""Which headers pass the gate, each way.

Promise: what goes to Ollama is built from an allow-list, so no credential, cookie, forwarding or hop-by-hop
header reaches it, whatever it is called. (Ollama copies request headers to ollama.com for cloud models.)
"""

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
_SANDBOX = "sandbox; default-src 'none'"


def header_pairs(request: http.Request) -> list[tuple[str, str]]:
    """All header fields as (lower-case name, value), in order; undecodable bytes survive as surrogates."""
    return [
        (name.decode("latin-1").lower(), value.decode("utf-8", "surrogateescape"))
        for name, value in request.headers.fields
    ]


def for_ollama(request: http.Request, upstream: Address) -> None:
    """Reduce a request's headers to what Ollama needs."""
    asks_to_close = connection_close(request.http_version, request.headers)
    kept = [
        (name, value) for name, value in request.headers.fields if name.lower().decode("latin-1") in _TO_OLLAMA
    ]
    request.headers = http.Headers(kept)
    request.headers["Host"] = str(upstream)
    # A compressed answer could not be metered, and no client needs one from the same machine or network.
    request.headers["Accept-Encoding"] = "identity"
    if asks_to_close:
        # mitmproxy looks here when it decides whether to close the client's connection behind the answer.
        request.headers["Connection"] = "close"


def for_web_app(request: http.Request, gate_secret: str, address: str) -> None:
    """Vouch for a request to the web app: who forwards it, and from which address it came."""
    for name in (*_FORWARDING, *_FROM_PROXIES):
        request.headers.pop(name, None)
    request.headers["X-Sluice-Gate"] = gate_secret
    request.headers["X-Sluice-Address"] = address


def harden_ollama_answer(response: http.Response) -> None:
    """Make an answer of Ollama's harmless to a browser that is led to it, and unbuffered on its way."""
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = _SANDBOX
    if response.headers.get("transfer-encoding"):
        response.headers["X-Accel-Buffering"] = "no"
    for name in [name for name in response.headers if name.lower().startswith("access-control-")]:
        del response.headers[name]
