"""Only names that are ours are answered to; a rebinding page's name is not."""

import pytest

from addon.core.hosts import is_allowed_host

NAMES = frozenset({"sluice.example", "chat.example"})


@pytest.mark.parametrize(
    "authority",
    [
        "127.0.0.1",
        "127.0.0.1:8000",
        "192.0.2.7:80",
        "[::1]",
        "[::1]:8000",
        "[2001:db8::1]:443",
        "localhost",
        "LOCALHOST:8000",
        "printer.local",
        "Printer.Local:8000",
        "sluice.example",
        "Sluice.Example:443",
        "chat.example",
    ],
)
def test_addresses_localhost_local_names_and_given_names_are_ours(authority: str) -> None:
    assert is_allowed_host(authority, NAMES)


@pytest.mark.parametrize(
    "authority",
    [
        "",
        ":8000",
        "evil.example",
        "evil.example:8000",
        "sluice.example.evil.example",
        "evil-sluice.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "local",
        "localhost.",
        "127.0.0.1:",
        "127.0.0.1:80:80",
        "127.0.0.1:http",
        "127.1",
        "0x7f000001",
        "0177.0.0.1",
        "::1",
        "[::1",
        "[::1]8000",
        "[::1]:",
        "[::1]:x",
        "[]",
        "[fe80::1%eth0]",
        "user@127.0.0.1",
        "127.0.0.1, evil.example",
        "127.0.0.1/",
    ],
)
def test_every_other_name_is_foreign(authority: str) -> None:
    assert not is_allowed_host(authority, NAMES)


def test_without_given_names_only_the_built_in_ones_count() -> None:
    assert not is_allowed_host("sluice.example", frozenset())
    assert is_allowed_host("localhost", frozenset())
