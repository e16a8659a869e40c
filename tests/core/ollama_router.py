"""A tiny model of how Ollama finds a route, Go's net/http before gin, and the proof that the gate agrees with it.

What it does with a path was measured on Go 1.27 (whose mux cleans the path as it came) and on Go 1.21 (whose mux
cleans the decoded one), gin 1.10 behind both: decode, clean, redirect over a trailing slash, match. The model
follows every redirect, as clients do, so it reaches more than a single request would.
"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from addon.core.refusal import Refusal
from addon.core.routes import ExtraRoute, Route, RouteKind, classify

# Ollama's own table (its server/routes.go), written down a second time on purpose; image routes: 0.14 to 0.31.
OLLAMA: dict[RouteKind, dict[str, str]] = {
    RouteKind.READ: {
        "/": "GET HEAD",
        "/api/version": "GET HEAD",
        "/api/tags": "GET HEAD",
        "/api/status": "GET",
        "/api/ps": "GET",
        "/api/show": "POST",
        "/v1/models": "GET",
        "/v1/models/:model": "GET",
    },
    RouteKind.INFER: {
        "/api/generate": "POST",
        "/api/chat": "POST",
        "/api/embed": "POST",
        "/api/embeddings": "POST",
        "/v1/chat/completions": "POST",
        "/v1/completions": "POST",
        "/v1/embeddings": "POST",
        "/v1/responses": "POST",
        "/v1/messages": "POST",
        "/v1/audio/transcriptions": "POST",
        "/v1/images/generations": "POST",
        "/v1/images/edits": "POST",
    },
    RouteKind.MANAGE: {
        "/api/create": "POST",
        "/api/copy": "POST",
        "/api/pull": "POST",
        "/api/push": "POST",
        "/api/delete": "DELETE",
        "/api/blobs/:digest": "POST HEAD",
    },
    RouteKind.OWNER: {
        "/api/me": "POST",
        "/api/signout": "POST",
        "/api/user/keys/:encodedKey": "DELETE",
        "/api/experimental/web_search": "POST",
        "/api/experimental/web_fetch": "POST",
        "/api/experimental/model-recommendations": "GET",
    },
}
BLOB = "sha256:" + "0f" * 32
SAMPLES = {":model": "gemma3:270m", ":digest": BLOB, ":encodedKey": "c3NoLWVkMjU1MTkgQUFBQQ=="}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT")
PREFIXES = ("/api/code", "/team/a")
EXTRA = (ExtraRoute("POST", "/api/brand/new", RouteKind.INFER), ExtraRoute("PUT", "/api/tags", RouteKind.MANAGE))


@dataclass(frozen=True)
class Row:
    """One route of Ollama's table."""

    method: str
    pattern: str
    kind: RouteKind

    def matches(self, method: str, path: bytes) -> bool:
        """Whether gin would hand a request of this decoded path to the row's handler."""
        mine, asked = self.pattern.encode().split(b"/"), path.split(b"/")
        return (
            method == self.method
            and len(mine) == len(asked)
            and all(one == other or (one[:1] == b":" and other) for one, other in zip(mine, asked, strict=True))
        )


ROWS = [
    *(
        Row(method, pattern, kind)
        for kind, rows in OLLAMA.items()
        for pattern, methods in rows.items()
        for method in methods.split()
    ),
    *(Row(one.method, one.path, one.kind) for one in EXTRA),
]


def sample(pattern: str) -> str:
    """A path of this pattern."""
    return re.sub(r":\w+$", lambda match: SAMPLES[match[0]], pattern)


def served(method: str, target: bytes) -> set[Row]:
    """The rows that serve this very request, without a redirect."""
    path = _decoded(target.partition(b"?")[0])
    is_clean = path is not None and _cleaned(path) == path == target.partition(b"?")[0]
    return {row for row in ROWS if is_clean and path is not None and row.matches(method, path)}


def reached(method: str, target: bytes) -> set[Row]:
    """The rows that this request reaches in the end, in any version of Go."""
    raw = target.partition(b"?")[0]
    if raw[:1] != b"/" or re.search(rb"[\x00-\x20\x7f]", target):
        return set()
    found: set[Row] = set()
    seen: set[bytes] = set()
    todo = list(_ways(raw))
    while todo:
        path = todo.pop()
        if path in seen:
            continue
        seen.add(path)
        rows = {row for row in ROWS if row.matches(method, path)}
        found |= rows
        todo += [_cleaned(path)] if rows else [_cleaned(path), path[:-1] if path[-1:] == b"/" else path + b"/"]
    return found


def _ways(raw: bytes) -> Iterator[bytes]:
    for written in (raw, _cleaned(raw)):
        path = _decoded(written)
        if path is not None:
            yield path
            yield _cleaned(path)


def _decoded(path: bytes) -> bytes | None:
    return None if re.search(rb"%(?![0-9A-Fa-f]{2})", path) else unquote_to_bytes(path)


def _cleaned(path: bytes) -> bytes:
    cleaned = posixpath.normpath(b"/" + path.lstrip(b"/"))
    return cleaned + b"/" if path[-1:] == b"/" and cleaned != b"/" else cleaned


def check(method: str, target: bytes) -> None:
    """The gate decided exactly what Ollama would do, or refused; and what it sends on is what it decided."""
    decided = classify(method.encode("latin-1"), target, PREFIXES, EXTRA)
    if isinstance(decided, Refusal):
        return
    meant = reached(method, target)
    if meant:
        assert {row.kind for row in meant} == {decided.kind}, (target, meant, decided)
    if decided.kind in (RouteKind.UI, RouteKind.LIVE):
        assert (decided.path + decided.query).encode() == target
        return
    sent = (decided.path + decided.query).encode()
    rows = served(method, sent)
    assert {row.kind for row in rows} == {decided.kind}, (target, rows, decided)
    assert meant in (rows, set()), (target, meant, rows)
    assert target == sent or target in _prefixed(decided), (target, decided)


def _prefixed(route: Route) -> Iterator[bytes]:
    for prefix in PREFIXES:
        yield (prefix + route.path + route.query).encode()
        if route.path == "/":
            yield (prefix + route.query).encode()


_ANYTHING = (
    *("", "/", "/.", "/..", ";x", "?", "?x=1", "#", ":", "@", "~", "\\", "*", "%", "%2", "%00", "%25", "%5c"),
    *("\x00", "\t", " ", "\x7f", "\xff", "\xc3\xa4", "/api", "/v1", "/api/code", "/team/a", "/admin", "/chat"),
    *("/gate/queue", "/static/a", "http://127.0.0.1", "//evil.example"),
)  # fmt: skip
_AT_A_SLASH = ("//", "/./", "/x/../", "/%2e/", "/x/%2E%2e/", "%2f", "%2F", "/x/y/../../", "///", "/.//")


@st.composite
def _disguised(draw: st.DrawFn, path: str) -> str:
    """The path in a spelling that a decoding or cleaning server may take for the same."""
    slashes = [at for at, letter in enumerate(path) if letter == "/"]
    at = draw(st.sampled_from([*range(len(path)), *slashes * 4]))
    if at in slashes:
        return path[:at] + draw(st.sampled_from(_AT_A_SLASH)) + path[at + 1 :]
    other_case = path[at].swapcase() if path[at].isascii() else path[at]
    written = f"%{ord(path[at]):02x}"
    return path[:at] + draw(st.sampled_from([written, written.upper(), other_case])) + path[at + 1 :]


@st.composite
def _mangled(draw: st.DrawFn, path: str) -> str:
    """The path with anything at all put in, or in place of a letter."""
    at = draw(st.integers(0, len(path)))
    return path[:at] + draw(st.sampled_from(_ANYTHING)) + path[at + draw(st.integers(0, 1)) :]


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, bytes]:
    """Method and target of a known route, as it is or in some disguise."""
    row = draw(st.sampled_from(ROWS))
    path = draw(st.sampled_from(["", "", "", *PREFIXES])) + sample(row.pattern)
    for _ in range(draw(st.integers(0, 3))):
        path = draw(_disguised(path) | _disguised(path) | _mangled(path)) or "/"
    tail = draw(st.sampled_from(["", "", "", "/", "/.", "?x=1", "?/../%70"]))
    method = draw(st.sampled_from([row.method] * 4 + [row.method.lower(), *METHODS]))
    return method, (path + tail).encode("latin-1")


def prove(examples: int) -> None:
    """Try this many requests."""

    @settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(request=requests(), noise=st.none() | st.none() | st.none() | st.binary(max_size=40))
    def attempt(request: tuple[str, bytes], noise: bytes | None) -> None:
        method, target = request
        check(method, target if noise is None else noise)

    attempt()
