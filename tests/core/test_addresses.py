"""A request's address is the peer's, or what exactly one trusted header says, or unknown. Never a guess."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.core.addresses import (
    FORWARDING_HEADERS,
    Address,
    client_address,
    contains,
    parse_address,
    parse_network,
    unmapped,
)
from tests.core.builders import patient

PROXY = ip_address("127.0.0.1")
STRANGER = ip_address("203.0.113.9")
TRUSTED = (ip_network("127.0.0.0/8"), ip_network("10.0.0.0/24"), ip_network("fd00::/8"))
JUNK = [
    "",
    "unknown",
    "_hidden",
    "192.0.2.1:1234",
    "[2001:db8::1]",
    "[2001:db8::1]:80",
    "fe80::1%eth0",
    "010.0.0.1",
    "127.1",
    "0x7f.0.0.1",
    "192.0.2.256",
    "192.0.2.1 192.0.2.2",
    "192.0.2.0/24",
    '"192.0.2.1"',
    "\uff11\uff19\uff12.0.2.1",
    "\udcff",
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("192.0.2.1", "192.0.2.1"),
        (" 192.0.2.1\t", "192.0.2.1"),
        ("2001:DB8:0:0::1", "2001:db8::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("::FFFF:C000:0201", "192.0.2.1"),
        ("::1", "::1"),
    ],
)
def test_a_plain_address_is_read_and_a_mapped_one_unwrapped(text: str, expected: str) -> None:
    assert parse_address(text) == ip_address(expected)


@pytest.mark.parametrize("text", JUNK)
def test_junk_is_no_address(text: str) -> None:
    assert parse_address(text) is None


@given(st.text(max_size=30))
@patient
def test_reading_an_address_never_raises(text: str) -> None:
    address = parse_address(text)
    assert address is None or unmapped(address) == address


@given(st.ip_addresses(v=4))
@patient
def test_a_mapped_address_counts_as_the_one_inside(address: IPv4Address) -> None:
    mapped = IPv6Address(f"::ffff:{address}")
    assert unmapped(mapped) == address
    assert unmapped(address) == address


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.0.0.0/24", "10.0.0.0/24"),
        (" 10.0.0.7 ", "10.0.0.7/32"),
        ("0.0.0.0/0", "0.0.0.0/0"),
        ("2001:db8::/32", "2001:db8::/32"),
        ("::/0", "::/0"),
        ("::ffff:10.0.0.0/120", "10.0.0.0/24"),
        ("::ffff:10.0.0.7", "10.0.0.7/32"),
        ("::ffff:0.0.0.0/96", "0.0.0.0/0"),
    ],
)
def test_a_network_is_read_and_a_mapped_one_becomes_ipv4(text: str, expected: str) -> None:
    assert parse_network(text) == ip_network(expected)


@pytest.mark.parametrize("text", ["10.0.0.1/24", "2001:db8::1/32", "10.0.0.0/33", "", "office", "fe80::1%eth0"])
def test_host_bits_zone_ids_and_junk_are_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match="is not an address or CIDR network: "):
        parse_network(text)


@pytest.mark.parametrize(
    ("network", "address", "expected"),
    [
        ("10.0.0.0/24", "10.0.0.255", True),
        ("10.0.0.0/24", "10.0.1.0", False),
        ("2001:db8::/32", "2001:db8::7", True),
        ("::/0", "10.0.0.1", False),
        ("0.0.0.0/0", "::1", False),
    ],
)
def test_a_network_holds_addresses_of_its_own_family_only(network: str, address: str, expected: bool) -> None:
    assert contains(ip_network(network), ip_address(address)) is expected


def address_of(peer: Address, *headers: tuple[str, str], header: str = "X-Forwarded-For") -> str:
    """The counted address as text, or "unknown"."""
    found = client_address(peer, headers, TRUSTED, header)
    return "unknown" if found is None else str(found)


def test_a_peer_that_speaks_for_itself_counts_as_itself() -> None:
    assert address_of(STRANGER, ("host", "x"), ("x-api-key", "k")) == "203.0.113.9"


@pytest.mark.parametrize("name", sorted(FORWARDING_HEADERS))
def test_a_stranger_who_speaks_for_somebody_else_is_unknown(name: str) -> None:
    assert address_of(STRANGER, (name, "192.0.2.1")) == "unknown"
    assert address_of(STRANGER, (name, "")) == "unknown"


def test_a_visitor_through_a_tunnel_on_this_machine_is_never_this_machine() -> None:
    loopback = ip_address("127.0.0.1")
    found = client_address(loopback, [("cf-connecting-ip", "192.0.2.1"), ("cf-ray", "x")], (), "X-Forwarded-For")
    assert found is None


def test_a_trusted_proxy_that_says_nothing_leaves_the_address_unknown() -> None:
    assert address_of(PROXY) == "unknown"
    assert address_of(PROXY, ("x-real-ip", "192.0.2.1")) == "unknown"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("127.0.0.1, 192.0.2.1", "192.0.2.1"),
        ("198.51.100.1, 192.0.2.1", "192.0.2.1"),
        ("192.0.2.1, 10.0.0.5", "192.0.2.1"),
        ("198.51.100.1,192.0.2.1,10.0.0.5,127.0.0.1", "192.0.2.1"),
        ("192.0.2.1, ::ffff:10.0.0.5", "192.0.2.1"),
        ("2001:db8::1, fd00::2", "2001:db8::1"),
        ("junk, 192.0.2.1, 10.0.0.5", "192.0.2.1"),
        ("192.0.2.1, junk, 10.0.0.5", "unknown"),
        ("192.0.2.1, , 10.0.0.5", "unknown"),
        ("192.0.2.1,", "unknown"),
        ("10.0.0.5, 127.0.0.1", "unknown"),
        ("192.0.2.1:4711", "unknown"),
        ("", "unknown"),
    ],
)
def test_a_chain_of_hops_is_walked_from_the_right_to_the_first_stranger(value: str, expected: str) -> None:
    assert address_of(PROXY, ("x-forwarded-for", value)) == expected


def test_a_repeated_header_makes_the_address_unknown() -> None:
    twice = [("x-forwarded-for", "192.0.2.1"), ("x-forwarded-for", "192.0.2.1")]
    assert address_of(PROXY, *twice) == "unknown"


@pytest.mark.parametrize(
    ("value", "expected"),
    [("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("192.0.2.1, 192.0.2.2", "unknown")],
)
def test_any_other_header_holds_exactly_one_address(value: str, expected: str) -> None:
    assert address_of(PROXY, ("cf-connecting-ip", value), header="CF-Connecting-IP") == expected


@pytest.mark.parametrize("text", JUNK)
def test_junk_from_a_trusted_proxy_is_unknown_and_never_the_proxy(text: str) -> None:
    assert address_of(PROXY, ("cf-connecting-ip", text), header="CF-Connecting-IP") == "unknown"
    assert address_of(PROXY, ("x-forwarded-for", text)) == "unknown"


@pytest.mark.parametrize("told", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", "0.0.0.0", "::"])
@pytest.mark.parametrize("header", ["X-Forwarded-For", "CF-Connecting-IP", "X-Real-IP"])
def test_the_loopback_of_a_proxy_is_not_ours_so_a_tunnel_beside_it_is_nobody(told: str, header: str) -> None:
    far_proxy = (ip_network("10.0.0.0/24"),)
    found = client_address(ip_address("10.0.0.5"), [(header.lower(), told)], far_proxy, header)
    assert found is None


def test_a_loopback_peer_that_speaks_for_itself_is_loopback() -> None:
    assert client_address(PROXY, [("host", "x")], (), "X-Forwarded-For") == PROXY


def test_a_mapped_peer_is_a_trusted_proxy_in_either_writing() -> None:
    peer = parse_address("::ffff:10.0.0.5")
    assert peer is not None
    for written in ("10.0.0.0/24", "::ffff:10.0.0.0/120"):
        trusted = (parse_network(written),)
        found = client_address(peer, [("x-real-ip", "::ffff:192.0.2.1")], trusted, "X-Real-IP")
        assert found == ip_address("192.0.2.1")


def test_a_header_that_is_not_the_configured_one_is_ignored() -> None:
    headers = [("x-forwarded-for", "198.51.100.1"), ("cf-connecting-ip", "192.0.2.1")]
    assert address_of(PROXY, *headers) == "198.51.100.1"


@given(
    forged=st.lists(st.ip_addresses().map(str) | st.sampled_from(JUNK), max_size=3),
    seen=st.ip_addresses(v=4, network="198.51.100.0/24"),
    hops=st.lists(st.ip_addresses(v=4, network="10.0.0.0/24").map(str), max_size=3),
)
@patient
def test_nothing_a_visitor_writes_changes_the_address_the_proxies_saw(
    forged: list[str], seen: IPv4Address, hops: list[str]
) -> None:
    value = ", ".join([*forged, str(seen), *hops])
    assert client_address(PROXY, [("x-forwarded-for", value)], TRUSTED, "X-Forwarded-For") == seen
