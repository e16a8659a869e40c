"""The addresses of this host, from tables as Linux writes them and from the system itself."""

import socket
from ipaddress import ip_address
from pathlib import Path

import pytest

from addon.proxy import own_addresses as module
from addon.proxy.own_addresses import own_addresses

_ROUTES = """Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 127.0.0.0/8 2 0 2
        |-- 127.0.0.0
           /8 host LOCAL
        |-- 127.0.0.1
           /32 host LOCAL
     +-- 192.168.7.0/24 2 0 2
        |-- 192.168.7.0
           /24 link UNICAST
        |-- 192.168.7.42
           /32 host LOCAL
        |-- 192.168.7.255
           /32 link BROADCAST
     |-- 172.17.0.1
        /32 host LOCAL
"""
_INTERFACES = """00000000000000000000000000000001 01 80 10 80       lo
fe8000000000000000fc00fffe000001 04 40 20 80     eth0
fd000000000000000000000000000002 04 40 00 82     eth0
"""


@pytest.fixture
def proc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A /proc/net of our own, and no way outwards."""
    monkeypatch.setattr(module, "_FAR_AWAY", ())
    return tmp_path


def test_the_systems_tables_are_read_without_loopback_and_zones(proc: Path) -> None:
    (proc / "fib_trie").write_text(_ROUTES)
    (proc / "if_inet6").write_text(_INTERFACES)
    expected = {ip_address(text) for text in ("192.168.7.42", "172.17.0.1", "fd00::2")}
    assert own_addresses(proc) == expected


def test_without_the_tables_nothing_is_known(proc: Path) -> None:
    assert own_addresses(proc) == frozenset()


def test_without_the_tables_the_way_outwards_tells_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FAR_AWAY", ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "no address")))
    assert own_addresses(tmp_path) == frozenset(), "the way to loopback is loopback's"


def test_each_address_of_this_very_host_can_be_listened_on() -> None:
    for address in own_addresses():
        family = socket.AF_INET if address.version == 4 else socket.AF_INET6
        with socket.socket(family) as listener:
            listener.bind((str(address), 0))
