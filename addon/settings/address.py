"""Where something listens: a host and a port, read strictly and always written the same way."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from addon.settings.errors import UnfitError

_ADDRESS = re.compile(r"(?:\[([^\[\]]+)\]|([^:\[\]]+)):([0-9]{1,5})")
_HOST_NAME = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")

# What a link must name when the listener takes every address. A listener on `::` takes IPv6 only.
_REACHABLE = {"0.0.0.0": "127.0.0.1", "::": "::1"}
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Address:
    """A host (name or IP literal, without brackets) and a TCP port; port 0 lets the system choose one.

    `str()` gives `HOST:PORT`, with IPv6 literals in brackets.
    """

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self._written_host}:{self.port}"

    @property
    def _written_host(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host

    def as_url(self, scheme: str = "http") -> str:
        """Return `SCHEME://HOST:PORT`, without the scheme's own port, as browsers write an origin."""
        shown = self._written_host if self.port == _DEFAULT_PORTS[scheme] else str(self)
        return f"{scheme}://{shown}"

    def reachable(self) -> "Address":
        """Return the address a local visitor can open: loopback in place of a wildcard."""
        return Address(_REACHABLE.get(self.host, self.host), self.port)


def parse_address(text: str) -> Address:
    """Read `HOST:PORT` or `[IPv6]:PORT`.

    Raises UnfitError with a predicate ("has no …"); it never repeats the text, which may hold a password.
    """
    match = _ADDRESS.fullmatch(text)
    if match is None:
        raise UnfitError("is not of that form")
    six, name, port = match.groups()
    if int(port) > 65535:
        raise UnfitError("has a port above 65535")
    return Address(_ipv6(six) if six else parse_host(name), int(port))


def parse_host(text: str) -> str:
    """Read one host name or IPv4 address and return it in lower case.

    Raises UnfitError with a predicate that does not repeat the text.
    """
    host = text.lower()
    if not _HOST_NAME.fullmatch(host):
        raise UnfitError("has no valid host name")
    if host.rpartition(".")[2].isdigit():
        return _ipv4(host)
    return host


def _ipv4(host: str) -> str:
    try:
        return str(IPv4Address(host))
    except ValueError as error:
        raise UnfitError("has no valid IPv4 address") from error


def _ipv6(host: str) -> str:
    try:
        return str(IPv6Address(host))
    except ValueError as error:
        raise UnfitError("has no valid IPv6 address between the brackets") from error
