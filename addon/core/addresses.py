"""Which address a request comes from, and whether we know it at all.

Promise: the socket's peer, unless that peer is a trusted proxy; then exactly one configured header. Whatever is
missing, repeated or unreadable makes the address *unknown* (None), and unknown matches no rule. In particular a
visitor who arrives through a tunnel on this machine is never "127.0.0.1".
"""

from collections.abc import Iterable, Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from addon.core.headers import Headers, values_of

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

FORWARDING_HEADERS = frozenset({"x-forwarded-for", "forwarded", "x-real-ip", "cf-connecting-ip", "cf-ray"})
"""Whoever sends one of these speaks for somebody else."""


def parse_address(text: str) -> Address | None:
    """Read one plain address; None for junk, ports, brackets and zone ids. IPv4-mapped IPv6 is unwrapped."""
    if "%" in text:
        return None
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    return unmapped(address)


def unmapped(address: Address) -> Address:
    """`::ffff:192.0.2.1` is 192.0.2.1: dual-stack sockets report IPv4 peers in that form."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def parse_network(text: str) -> Network:
    """Read an address or CIDR network.

    Raises ValueError, with a sentence, for host bits set (`10.0.0.1/24` is probably a slip), zone ids and junk.
    """
    try:
        network = ip_network(text.strip())
    except ValueError as error:
        raise ValueError(f"{text!r} is not an address or CIDR network: {error}") from error
    if "%" in text:
        raise ValueError(f"{text!r} is not an address or CIDR network: a zone id means nothing elsewhere")
    return unmapped_network(network)


def unmapped_network(network: Network) -> Network:
    """`::ffff:192.0.2.0/120` is 192.0.2.0/24; without this it would hold no address that `unmapped` has seen."""
    inside = network.network_address.ipv4_mapped if isinstance(network, IPv6Network) else None
    if inside is None or network.prefixlen < 96:
        return network
    return IPv4Network((inside, network.prefixlen - 96))


def contains(network: Network, address: Address) -> bool:
    """Whether the network holds the address; the two families never match each other."""
    return address.version == network.version and address in network


def client_address(
    peer: Address, headers: Headers, trusted_proxies: Iterable[Network], header: str
) -> Address | None:
    """The address a request counts for, or None when it is unknown.

    `headers` holds (lower-case name, value) pairs; `header` is the one header a trusted proxy sets.
    """
    trusted = tuple(trusted_proxies)
    if not _is_in(peer, trusted):
        return None if any(name in FORWARDING_HEADERS for name, _ in headers) else peer
    values = values_of(headers, header.lower())
    if len(values) != 1:
        return None
    is_chain = header.lower() == "x-forwarded-for"
    told = _rightmost_untrusted(values[0], trusted) if is_chain else parse_address(values[0])
    # A proxy that tells of loopback means its own machine, where a tunnel may end; it is nobody's address here.
    return None if told is None or told.is_loopback or told.is_unspecified else told


def _is_in(address: Address, networks: Sequence[Network]) -> bool:
    return any(contains(network, address) for network in networks)


def _rightmost_untrusted(value: str, trusted: Sequence[Network]) -> Address | None:
    # Each hop appends the peer it saw, so only what stands right of the first stranger can be believed.
    for hop in reversed(value.split(",")):
        address = parse_address(hop)
        if address is None or not _is_in(address, trusted):
            return address
    return None
