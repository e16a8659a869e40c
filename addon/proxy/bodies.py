"""Request bodies, made plain before anybody reads them.

Promise: what the gate reads is what Ollama reads. A body comes plain, or under `/v1` as one frame of zstd within a
bound, which is Ollama's own; it is decoded here and goes on plain. Every other coding is refused.
"""

from dataclasses import dataclass

import zstandard
from mitmproxy import http

from addon.core.headers import Headers, values_of
from addon.core.refusal import Reason, Refusal
from addon.core.routes import Route, RouteKind
from addon.settings import Settings

MOST_DECODED_BYTES = 20 * 2**20
_MOST_WINDOW_BYTES = 8 * 2**20  # RFC 9659, section 3: no zstd in HTTP needs more
_STEP_BYTES = 1024  # a step of zstd becomes up to 32 MiB
_ODD_FRAME = Refusal(Reason.MALFORMED, "its body is not exactly one frame of zstd with a window of 8 MiB at most")


@dataclass(frozen=True, slots=True)
class BodyRules:
    """What bodies may be and ask for: how large they may become, and what of the owner's account they may use."""

    decoded_bytes: int = MOST_DECODED_BYTES
    cloud_models: bool = False
    owner_routes: bool = False


def body_rules(settings: Settings) -> BodyRules:
    """The rules of these settings."""
    gate, decoded_bytes = settings.gate, min(MOST_DECODED_BYTES, settings.limits.body_bytes)
    return BodyRules(decoded_bytes, gate.cloud_models, gate.owner_routes)


def refuse_encoding(route: Route, headers: Headers) -> Refusal | None:
    """The refusal for a coding that cannot be read, told by the head alone.

    Files that pass through and the pages' own forms are not read here.
    """
    if route.kind is RouteKind.UI or route.has_streamed_body:
        return None
    codings = [value.strip().lower() for value in values_of(headers, "content-encoding")]
    takes_zstd = route.kind is RouteKind.INFER and route.path.startswith("/v1/")
    known = ([], ["identity"], ["zstd"]) if takes_zstd else ([], ["identity"])
    return None if codings in known else Refusal(Reason.ENCODED_BODY)


def make_plain(request: http.Request, rules: BodyRules) -> Refusal | None:
    """Decode the body of a request whose coding was found to be a known one, or say why it cannot be."""
    coding = request.headers.get("content-encoding", "identity").strip().lower()
    if coding == "identity":
        return None
    if coding != "zstd":
        return Refusal(Reason.ENCODED_BODY)
    plain = _decoded(request.raw_content or b"", rules.decoded_bytes)
    if isinstance(plain, Refusal):
        return plain
    for name in ("Content-Encoding", "Transfer-Encoding"):
        request.headers.pop(name, None)
    request.raw_content = plain
    request.headers["Content-Length"] = str(len(plain))
    return None


def _decoded(body: bytes, most_bytes: int) -> bytes | Refusal:
    decoder = zstandard.ZstdDecompressor(max_window_size=_MOST_WINDOW_BYTES).decompressobj()
    plain, rest = bytearray(), memoryview(body)
    while rest and not decoder.eof:
        try:
            plain += decoder.decompress(rest[:_STEP_BYTES])
        except zstandard.ZstdError:
            return _ODD_FRAME
        rest = rest[_STEP_BYTES:]
        if len(plain) > most_bytes:
            return Refusal(Reason.BODY_TOO_LARGE, str(most_bytes))
    is_whole = decoder.eof and not rest and not decoder.unused_data
    return bytes(plain) if is_whole else _ODD_FRAME
