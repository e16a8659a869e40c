"""What a request shows to say who it is, before anybody judges it.

Promise: every place a credential can stand in is read, and every different value is reported: "the first good one
wins" would let a forged header ride along with a real one.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass

from addon.core.headers import Headers, values_of


@dataclass(frozen=True, slots=True)
class Shown:
    """The credentials of one request.

    `tokens` are the different values of explicit headers: API keys, JWTs, or what is no credential of ours;
    `path_key` is the one that stands in the path, `cookie` the session's.
    """

    tokens: frozenset[str] = frozenset()
    path_key: str | None = None
    cookie: str | None = None

    @property
    def is_explicit(self) -> bool:
        """Whether anything was shown on purpose; a browser sends a cookie by itself."""
        return bool(self.tokens) or self.path_key is not None

    def __repr__(self) -> str:
        path_key, cookie = ("…" if value else None for value in (self.path_key, self.cookie))
        return f"Shown(tokens={len(self.tokens)}, path_key={path_key}, cookie={cookie})"


def session_cookie_name(*, is_https: bool) -> str:
    """The one name under which a session's cookie counts.

    With https it is one that no neighbour on the same domain can plant (RFC 6265bis, section 4.1.3.2).
    """
    return "__Host-sluice" if is_https else "sluice"


def read_credentials(headers: Headers, cookie_name: str, path_key: str | None = None) -> Shown:
    """Collect what a request shows.

    A value of no known scheme is kept whole (Ollama's own clients can send a signature): the policy decides
    whether it counts.
    """
    tokens: set[str] = set()
    for name, value in headers:
        if name == "x-api-key":
            tokens.add(value.strip())
        elif name == "authorization":
            tokens.add(_authorization(value))
    return Shown(frozenset(tokens), path_key, _session_cookie(headers, cookie_name))


def _authorization(value: str) -> str:
    scheme, _, rest = value.strip().partition(" ")
    match scheme.lower():
        case "bearer":
            return rest.strip()
        case "basic":
            return _basic_password(rest.strip())
        case _:
            return value.strip()


def _basic_password(encoded: str) -> str:
    try:
        user_and_password = base64.b64decode(encoded, validate=True).decode()
    except ValueError:
        return encoded
    return user_and_password.partition(":")[2]


def _session_cookie(headers: Headers, cookie_name: str) -> str | None:
    return next((value for cookie, value in _cookies(headers) if cookie == cookie_name), None)


def _cookies(headers: Headers) -> Iterator[tuple[str, str]]:
    # Not http.cookies: it gives up on the whole header when a neighbour's cookie (every port of a host shares
    # them) holds a quote or is called "path". RFC 6265, section 5.4, promises no more than this form.
    for pairs in values_of(headers, "cookie"):
        for pair in pairs.split(";"):
            cookie, _, value = pair.strip().partition("=")
            yield cookie, value
