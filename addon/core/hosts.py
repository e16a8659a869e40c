"""Which Host names the gate answers to.

A page of a foreign name can be made to point at this machine (DNS rebinding); its requests then look like the
user's own. So a request for a name that is not ours is refused (421, RFC 9110 section 15.5.20).
"""

from collections.abc import Collection

from addon.core.addresses import parse_address


def is_allowed_host(authority: str, names: Collection[str]) -> bool:
    """Whether a Host header value is ours: an address, localhost, *.local, or one of the given names."""
    host = _without_port(authority.lower())
    if host is None or host == "":
        return False
    if host == "localhost" or host.endswith(".local") or host in names:
        return True
    return parse_address(host) is not None


def _without_port(authority: str) -> str | None:
    if authority.startswith("["):
        host, bracket, port = authority[1:].partition("]")
        is_sound = bracket == "]" and (port == "" or (port[0] == ":" and port[1:].isdigit()))
        return host if is_sound else None
    host, colon, port = authority.partition(":")
    return host if not colon or port.isdigit() else None
