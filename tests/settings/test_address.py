"""Addresses: read strictly, written one way."""

import pytest

from addon.settings.address import Address, parse_address, parse_host
from addon.settings.errors import UnfitError


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("127.0.0.1:8000", "127.0.0.1", 8000),
        ("0.0.0.0:80", "0.0.0.0", 80),
        ("LocalHost:0", "localhost", 0),
        ("my_gate.example.org:65535", "my_gate.example.org", 65535),
        ("[::1]:8000", "::1", 8000),
        ("[0:0::0001]:8000", "::1", 8000),
    ],
)
def test_an_address_is_read(text: str, host: str, port: int) -> None:
    assert parse_address(text) == Address(host, port)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is not of that form"),
        ("8000", "is not of that form"),
        (":8000", "is not of that form"),
        ("localhost", "is not of that form"),
        ("localhost:", "is not of that form"),
        ("localhost:-1", "is not of that form"),
        ("localhost:٣", "is not of that form"),
        ("::1:8000", "is not of that form"),
        ("localhost:65536", "has a port above 65535"),
        ("[localhost]:1", "has no valid IPv6 address between the brackets"),
        ("1.2.3.256:1", "has no valid IPv4 address"),
        ("127.1:1", "has no valid IPv4 address"),
        ("anna@example.org:1", "has no valid host name"),
        ("-a.example:1", "has no valid host name"),
        ("a..b:1", "has no valid host name"),
    ],
)
def test_an_odd_address_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(UnfitError, match=f"^{reason}$"):
        parse_address(text)


def test_a_host_is_written_in_lower_case() -> None:
    assert parse_host("Gate.Example.ORG") == "gate.example.org"


def test_an_address_prints_as_it_is_read() -> None:
    assert [str(Address("::1", 80)), str(Address("gate", 81))] == ["[::1]:80", "gate:81"]


@pytest.mark.parametrize(
    ("address", "scheme", "url"),
    [
        (Address("gate", 8000), "http", "http://gate:8000"),
        (Address("gate", 80), "http", "http://gate"),
        (Address("::1", 443), "https", "https://[::1]"),
        (Address("gate", 80), "https", "https://gate:80"),
    ],
)
def test_a_url_leaves_out_the_port_of_its_scheme_alone(address: Address, scheme: str, url: str) -> None:
    assert address.as_url(scheme) == url


@pytest.mark.parametrize(("host", "reachable"), [("0.0.0.0", "127.0.0.1"), ("::", "::1"), ("gate", "gate")])
def test_a_wildcard_is_reachable_on_loopback(host: str, reachable: str) -> None:
    assert Address(host, 8000).reachable() == Address(reachable, 8000)
