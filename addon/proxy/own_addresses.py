"""The addresses of this host by which others can reach it: asked of the system alone, without sending anything."""

import re
import socket
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import IPv6Address, ip_address
from pathlib import Path

from addon.core.addresses import Address

_PROC = Path("/proc/net")
_LEAF = re.compile(r"\|-- (\S+)")
# Documentation networks (RFC 5737, RFC 3849): a UDP socket "connected" there learns its own address, unsent.
_FAR_AWAY = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))


def own_addresses(proc: Path = _PROC) -> frozenset[Address]:
    """Every address of this host but loopback, and but IPv6 link-local ones, which mean nothing without a zone.

    Where /proc does not tell (a sandbox, another system) it is the one address that leads outwards, or none.
    """
    found = {*_from_routes(proc / "fib_trie"), *_from_interfaces(proc / "if_inet6"), *_outward()}
    return frozenset(address for address in found if not (address.is_loopback or _needs_zone(address)))


def _needs_zone(address: Address) -> bool:
    return isinstance(address, IPv6Address) and address.is_link_local


def _from_routes(table: Path) -> Iterator[Address]:
    # Linux's IPv4 routes: a leaf names an address, the lines below it say what it is.
    leaf = ""
    for line in _lines(table):
        if match := _LEAF.search(line):
            leaf = match[1]
        elif "/32 host LOCAL" in line:
            yield ip_address(leaf)


def _from_interfaces(table: Path) -> Iterator[Address]:
    for line in _lines(table):
        digits, _, _ = line.partition(" ")
        yield IPv6Address(bytes.fromhex(digits))


def _lines(path: Path) -> list[str]:
    with suppress(OSError):
        return path.read_text().splitlines()
    return []


def _outward() -> Iterator[Address]:
    for family, far in _FAR_AWAY:
        # Without a route to there, or without that family, there is nothing to learn.
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((far, 9))
            yield ip_address(probe.getsockname()[0])
