"""What a request shows to say who it is, before anybody judges it.

Promise: every place a credential can stand in is read, and two different explicit ones are refused: "the first
good one wins" would let a forged header ride along with a real one.
"""

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from addon.core.refusal import Reason, Refusal

SESSION_COOKIES = ("__Host-sluice", "sluice")
"""The session cookie's name with https, and without."""

Headers = Sequence[tuple[str, str]]
"""(lower-case name, value) pairs in the order they came."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The credentials of one request: an explicit token (API key, JWT or foreign), and a session cookie."""

    token: str | None = None
    cookie: str | None = None

    def __repr__(self) -> str:
        return f"Shown(token={'…' if self.token else None}, cookie={'…' if self.cookie else None})"


def read_credentials(headers: Headers) -> Shown | Refusal:
    """Collect what the headers show; refuse two different explicit credentials.

    A value of no known scheme is kept whole (Ollama's own clients can send a signature): the policy decides
    whether it counts.
    """
    tokens: set[str] = set()
    for name, value in headers:
        if name == "x-api-key":
            tokens.add(value.strip())
        elif name == "authorization":
            tokens.add(_authorization(value))
    if len(tokens) > 1:
        return Refusal(Reason.CONFLICTING_CREDENTIALS)
    return Shown(token=next(iter(tokens), None), cookie=_session_cookie(headers))


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


def _session_cookie(headers: Headers) -> str | None:
    jar: dict[str, str] = {}
    for cookie, value in _cookies(headers):
        jar.setdefault(cookie, value)
    return next((jar[cookie] for cookie in SESSION_COOKIES if cookie in jar), None)


def _cookies(headers: Headers) -> Iterator[tuple[str, str]]:
    # Not http.cookies: it gives up on the whole header when a neighbour's cookie (every port of a host shares
    # them) holds a quote or is called "path". RFC 6265, section 5.4, promises no more than this form.
    for pairs in (value for name, value in headers if name == "cookie"):
        for pair in pairs.split(";"):
            cookie, _, value = pair.strip().partition("=")
            yield cookie, value
