"""Only names that are ours are answered to; a rebinding page's name is not."""

import pytest

from addon.core.hosts import host_of, is_allowed_host, is_at_home

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
        "127.0.0.1:\u0662",
        "127.0.0.1:123456",
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


@pytest.mark.parametrize(
    ("authority", "host"),
    [
        ("Admin.Example:8000", "admin.example"),
        ("admin.example", "admin.example"),
        ("[::1]:8000", "::1"),
        ("", ""),
        ("admin.example:x", None),
        ("[::1", None),
    ],
)
def test_a_host_is_read_without_its_port(authority: str, host: str | None) -> None:
    assert host_of(authority) == host


ADMIN_PATHS = ["/admin", "/admin/keys", "/admin/keys/7/revoke", "/api/admin/keys", "/api/admin/whitelist/1"]
OTHER_PATHS = ["/", "/login", "/setup", "/chat", "/account", "/administer", "/api/auth/login", "/static/app.css",
               "/gate/queue", "/api/chat", "/v1/admin"]  # fmt: skip


@pytest.mark.parametrize("path", ADMIN_PATHS)
@pytest.mark.parametrize("authority", ["sluice.example", "127.0.0.1:8000", "localhost", "admin.example.evil", ""])
def test_a_panel_with_a_name_of_its_own_answers_under_no_other(path: str, authority: str) -> None:
    assert not is_at_home(path, authority, "admin.example")
    assert is_at_home(path, "Admin.Example:8000", "admin.example")
    assert is_at_home(path, authority, ""), "without such a name it answers everywhere"


@pytest.mark.parametrize("path", OTHER_PATHS)
def test_everything_else_answers_under_every_name(path: str) -> None:
    assert is_at_home(path, "sluice.example", "admin.example")
    assert is_at_home(path, "admin.example", "admin.example")
