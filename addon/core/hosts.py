"""Which Host names the gate answers to, and what answers under which.

A page of a foreign name can be made to point at this machine (DNS rebinding); its requests then look like the
user's own. So a request for a name that is not ours is refused (421, RFC 9110 section 15.5.20).
"""

import re
from collections.abc import Collection

from addon.core.addresses import parse_address

_ADMIN_PATH = re.compile(r"(/api)?/admin(/.*)?")
_PORT = re.compile(r"[0-9]{1,5}")


def is_allowed_host(authority: str, names: Collection[str]) -> bool:
    """Whether a Host header value is ours: an address, localhost, *.local, or one of the given names."""
    host = host_of(authority)
    if not host:
        return False
    if host == "localhost" or host.endswith(".local") or host in names:
        return True
    return parse_address(host) is not None


def is_at_home(path: str, authority: str, admin_host: str) -> bool:
    """Whether a page's path answers under this Host: the admin panel only under its own name, where it has one."""
    return not admin_host or not _ADMIN_PATH.fullmatch(path) or host_of(authority) == admin_host


def host_of(authority: str) -> str | None:
    """The host of a Host header value in lower case, without port and brackets; None for junk."""
    authority = authority.lower()
    if authority.startswith("["):
        host, bracket, port = authority[1:].partition("]")
        is_sound = bracket == "]" and (port == "" or (port[0] == ":" and _PORT.fullmatch(port[1:])))
        return host if is_sound else None
    host, colon, port = authority.partition(":")
    return host if not colon or _PORT.fullmatch(port) else None
