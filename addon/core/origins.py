"""Whose page asks: one of ours, one the settings allow, or a foreign one.

Promise: a browser says where a page came from (`Origin`, RFC 6454; `Sec-Fetch-Site`, W3C Fetch Metadata) and a
page cannot make it lie. Programs say nothing and are not meant. What cannot be read counts as foreign.
"""

import re
from collections.abc import Collection

from addon.core.headers import Headers, first_of, values_of

_SERIALIZED = re.compile(r"[a-z][a-z0-9+.-]*://[\x21-\x7e]*")
_OUR_SITES = frozenset({"same-origin", "none"})


def foreign_page_asks(headers: Headers, allowed: Collection[str] = ()) -> bool:
    """Whether a page asks that is neither ours nor of an allowed origin; `allowed` as in `is_allowed_origin`."""
    origins = values_of(headers, "origin")
    if len(origins) > 1:
        return True
    if origins and is_allowed_origin(origins[0], allowed):
        return False
    if any(site not in _OUR_SITES for site in values_of(headers, "sec-fetch-site")):
        return True
    return bool(origins) and not is_own_origin(origins[0], headers)


def readers_origin(headers: Headers, allowed: Collection[str]) -> str | None:
    """The origin whose page may read the answer: our own or an allowed one; None for programs and all others."""
    origins = values_of(headers, "origin")
    if len(origins) != 1 or not _SERIALIZED.fullmatch(origins[0].lower()):
        return None
    is_heard = is_own_origin(origins[0], headers) or is_allowed_origin(origins[0], allowed)
    return origins[0] if is_heard else None


def is_own_origin(origin: str, headers: Headers) -> bool:
    """Whether the page came from the very host that is asked now."""
    # The scheme is not compared: behind a tunnel the browser says https and the gate sees http.
    scheme, mark, authority = origin.partition("://")
    host = first_of(headers, "host").lower()
    return scheme in ("http", "https") and bool(mark) and authority.lower() == host != ""


def is_allowed_origin(origin: str, allowed: Collection[str]) -> bool:
    """Whether an origin is on the list: itself (`https://app.example`), or all of its scheme (`app://*`)."""
    serialized = origin.lower()
    if not _SERIALIZED.fullmatch(serialized):
        return False
    scheme = serialized.partition("://")[0]
    return serialized in allowed or f"{scheme}://*" in allowed
