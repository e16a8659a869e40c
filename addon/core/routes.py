"""What a request is, from the exact bytes of its method and path.

Promise: only what stands in these tables goes anywhere. Ollama's router decodes and cleans the paths it gets
(`/api/%70ull` reaches the pull handler), so nothing is decoded, cleaned or guessed here: a path with an escape,
a doubled slash, a dot segment or an odd byte is unknown, and unknown is refused.

Prefixes such as `/api/code` are stripped from Ollama routes, and from those only. Rows that the settings add are
rows like all others, and never change one of these.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from addon.core.principal import Scope
from addon.core.refusal import Reason, Refusal


class RouteKind(Enum):
    """What a route costs and who may use it."""

    INFER = "infer"  # needs a slot
    READ = "read"  # cheap facts, never waits
    MANAGE = "manage"  # changes Ollama's model store
    OWNER = "owner"  # acts with the owner's ollama.com account, or calls out in the owner's name
    LIVE = "live"  # the gate's own JSON
    UI = "ui"  # the web app


_SCOPES = {
    RouteKind.INFER: Scope.INFER,
    RouteKind.READ: Scope.READ,
    RouteKind.MANAGE: Scope.MANAGE,
    RouteKind.OWNER: Scope.ADMIN,
}


@dataclass(frozen=True, slots=True)
class ExtraRoute:
    """A route that Ollama gained after this release, as the settings name it."""

    method: str
    path: str
    kind: RouteKind


@dataclass(frozen=True, slots=True)
class Route:
    """A known route: its kind, the path without prefix or query, and the query with its `?` (or empty)."""

    kind: RouteKind
    path: str
    query: str = ""

    @property
    def scope(self) -> Scope | None:
        """The scope a credential needs to use it at Ollama; None for routes that are not Ollama's."""
        return _SCOPES.get(self.kind)

    @property
    def is_conversation(self) -> bool:
        """Whether the web app is asked about somebody's conversations, which may hold images."""
        return self.path.startswith("/api/conversations/")

    @property
    def has_streamed_body(self) -> bool:
        """Whether the request body is a file to pass through rather than JSON to read."""
        return self.path.startswith("/api/blobs/")


_GET_HEAD = frozenset({"GET", "HEAD"})
_GET = frozenset({"GET"})
_POST = frozenset({"POST"})
_DELETE = frozenset({"DELETE"})

# server/routes.go of Ollama at fb307609 (2026-08-21), plus the image routes of 0.14 to 0.31.
_OLLAMA: dict[str, tuple[frozenset[str], RouteKind]] = {
    "/": (_GET_HEAD, RouteKind.READ),
    "/api/version": (_GET_HEAD, RouteKind.READ),
    "/api/tags": (_GET_HEAD, RouteKind.READ),
    "/api/status": (_GET, RouteKind.READ),
    "/api/ps": (_GET, RouteKind.READ),
    "/api/show": (_POST, RouteKind.READ),
    "/v1/models": (_GET, RouteKind.READ),
    "/api/generate": (_POST, RouteKind.INFER),
    "/api/chat": (_POST, RouteKind.INFER),
    "/api/embed": (_POST, RouteKind.INFER),
    "/api/embeddings": (_POST, RouteKind.INFER),
    "/v1/chat/completions": (_POST, RouteKind.INFER),
    "/v1/completions": (_POST, RouteKind.INFER),
    "/v1/embeddings": (_POST, RouteKind.INFER),
    "/v1/responses": (_POST, RouteKind.INFER),
    "/v1/messages": (_POST, RouteKind.INFER),
    "/v1/audio/transcriptions": (_POST, RouteKind.INFER),
    "/v1/images/generations": (_POST, RouteKind.INFER),
    "/v1/images/edits": (_POST, RouteKind.INFER),
    "/api/create": (_POST, RouteKind.MANAGE),
    "/api/copy": (_POST, RouteKind.MANAGE),
    "/api/pull": (_POST, RouteKind.MANAGE),
    "/api/push": (_POST, RouteKind.MANAGE),
    "/api/delete": (_DELETE, RouteKind.MANAGE),
    "/api/me": (_POST, RouteKind.OWNER),
    "/api/signout": (_POST, RouteKind.OWNER),
    "/api/experimental/web_search": (_POST, RouteKind.OWNER),
    "/api/experimental/web_fetch": (_POST, RouteKind.OWNER),
    "/api/experimental/model-recommendations": (_GET, RouteKind.OWNER),
}
_OLLAMA_PATTERNS: tuple[tuple[re.Pattern[str], frozenset[str], RouteKind], ...] = (
    (re.compile(r"/v1/models/[A-Za-z0-9._:-]{1,200}"), _GET, RouteKind.READ),
    (re.compile(r"/api/blobs/sha256[:-][0-9a-f]{64}"), frozenset({"POST", "HEAD"}), RouteKind.MANAGE),
    (re.compile(r"/api/user/keys/[A-Za-z0-9_=-]{1,1000}"), _DELETE, RouteKind.OWNER),
)
_UI = re.compile(
    r"/(setup|login|logout|register|reset|chat|favicon\.ico)"
    r"|/(account|admin)(/[a-z0-9-]+){0,3}"
    r"|/api/conversations(/[A-Za-z0-9_-]+){0,4}"
    r"|/(static|api/auth|api/admin)(/[A-Za-z0-9_.-]+){1,6}"
)
_LIVE = re.compile(r"/gate(/[A-Za-z0-9_.-]+){1,3}")
_OURS = re.compile(
    r"/(setup|login|logout|register|reset|chat|account|favicon\.ico|admin|static|gate|k"
    r"|api/auth|api/admin|api/conversations)(/.*)?"
)
# Printable ASCII without the bytes that Go's router would decode, clean or split at.
_PLAIN = re.compile(rb"/[A-Za-z0-9_.:@!$&'()*+,=~/-]*")
_QUERY = re.compile(rb"\?[\x21-\x7e]*")


def classify(
    method: bytes, target: bytes, prefixes: Sequence[str] = (), extra: Sequence[ExtraRoute] = ()
) -> Route | Refusal:
    """The route of a raw request line, or the refusal (404 unknown path, 405 known path with another method)."""
    raw_path, mark, raw_query = target.partition(b"?")
    if not is_plain(raw_path) or (mark and not _QUERY.fullmatch(mark + raw_query)):
        return Refusal(Reason.UNKNOWN_PATH)
    path, query, verb = raw_path.decode(), (mark + raw_query).decode(), method.decode("latin-1")
    if _UI.fullmatch(path):
        return Route(RouteKind.UI, path, query)
    if _LIVE.fullmatch(path):
        return Route(RouteKind.LIVE, path, query)
    return _classify_ollama(verb, _without_prefix(path, prefixes), query, extra)


def is_plain(path: bytes) -> bool:
    """Whether a path without query means the same to whoever decodes, cleans or splits it."""
    return _PLAIN.fullmatch(path) is not None and b"//" not in path and b"/." not in path


def is_ours(path: str) -> bool:
    """Whether a path is one of the web app's or the gate's, or stands below one."""
    return _OURS.fullmatch(path) is not None


def _without_prefix(path: str, prefixes: Sequence[str]) -> str:
    for prefix in prefixes:
        if path == prefix:
            return "/"
        if path.startswith(prefix + "/"):
            return path[len(prefix) :]
    return path


def _classify_ollama(verb: str, path: str, query: str, extra: Sequence[ExtraRoute]) -> Route | Refusal:
    kinds = {one.method: one.kind for one in extra if one.path == path} | _kinds(path)
    if not kinds:
        return Refusal(Reason.UNKNOWN_PATH)
    kind = kinds.get(verb)
    if kind is None:
        return Refusal(Reason.WRONG_METHOD, ", ".join(sorted(kinds)))
    return Route(kind, path, query)


def _kinds(path: str) -> dict[str, RouteKind]:
    rows = [_OLLAMA[path]] if path in _OLLAMA else [row[1:] for row in _OLLAMA_PATTERNS if row[0].fullmatch(path)]
    return {method: kind for methods, kind in rows for method in methods}
