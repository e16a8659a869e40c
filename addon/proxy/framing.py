"""Whether a head is one that nobody on the way can read in two ways.

Promise: one version, one target, one host, one framing, and nothing that would turn the connection into another
protocol. What the bytes of a head must be stands in core.head; what its fields must say stands here.
"""

from collections.abc import Collection

from mitmproxy import http

from addon.core.headers import Headers, values_of
from addon.core.hosts import is_allowed_host
from addon.core.refusal import Reason, Refusal

_VERSIONS = (b"HTTP/1.1", b"HTTP/1.0")
# Two lines of one of these may be taken as the first, the last or both, depending on who reads.
_ONCE = ("Authorization", "Content-Length", "Content-Type")
# Java's own client asks for HTTP/2 in this way unless it is told not to.
_UPGRADE = "it asks for another protocol; speak plain HTTP/1.1 (in Java: HttpClient.Version.HTTP_1_1)"


def refuse_framing(request: http.Request, headers: Headers, host_names: Collection[str]) -> Refusal | None:
    """The refusal for a request that is odd in itself, whoever asks."""
    if request.data.http_version not in _VERSIONS:
        return Refusal(Reason.MALFORMED, "only HTTP/1.0 and HTTP/1.1 are spoken here")
    if request.data.authority:
        return Refusal(Reason.MALFORMED, "the request target must be a path")
    return (
        _refuse_host(headers, host_names)
        or _refuse_repetition(headers)
        or _refuse_transfer(headers)
        or _refuse_upgrade(headers)
    )


def _refuse_host(headers: Headers, host_names: Collection[str]) -> Refusal | None:
    hosts = values_of(headers, "host")
    if len(hosts) != 1:
        return Refusal(Reason.MALFORMED, "exactly one Host header is needed")
    return None if is_allowed_host(hosts[0], host_names) else Refusal(Reason.FOREIGN_HOST)


def _refuse_repetition(headers: Headers) -> Refusal | None:
    repeated = next((name for name in _ONCE if len(values_of(headers, name.lower())) > 1), None)
    return None if repeated is None else Refusal(Reason.MALFORMED, f"{repeated} may stand in one line only")


def _refuse_transfer(headers: Headers) -> Refusal | None:
    if [value.lower() for value in values_of(headers, "transfer-encoding")] not in ([], ["chunked"]):
        return Refusal(Reason.MALFORMED, "only Transfer-Encoding: chunked is understood")
    # Any other Expect reaches Ollama, whose 100 mitmproxy takes for the final answer: the next request on
    # the connection would then receive this one's.
    expectations = [value.lower() for value in values_of(headers, "expect")]
    return None if expectations in ([], ["100-continue"]) else Refusal(Reason.BAD_EXPECT)


def _refuse_upgrade(headers: Headers) -> Refusal | None:
    if values_of(headers, "upgrade") or values_of(headers, "http2-settings"):
        return Refusal(Reason.MALFORMED, _UPGRADE)
    return None
