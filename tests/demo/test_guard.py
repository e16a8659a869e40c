"""Host and Origin are checked as Ollama checks them on loopback."""

import pytest

from addon.demo.guard import is_welcome
from addon.demo.http1 import Request


def request(host: str, origin: str | None = None) -> Request:
    headers = [(b"host", host.encode())]
    if origin is not None:
        headers.append((b"origin", origin.encode()))
    return Request("GET", "/", headers, b"", "1.1")


@pytest.mark.parametrize(
    ("host", "welcome"),
    [
        ("127.0.0.1:11434", True),
        ("localhost", True),
        ("10.1.2.3:8000", True),
        ("0.0.0.0:1", True),
        ("[::1]:8000", True),
        ("gate.local", True),
        ("x.internal:80", True),
        ("", True),
        ("gate.example.com", False),
        ("8.8.8.8", False),
        ("localhost.example.com", False),
    ],
)
def test_only_local_hosts_are_served(host: str, welcome: bool) -> None:
    assert is_welcome(request(host)) is welcome


@pytest.mark.parametrize(
    ("origin", "welcome"),
    [
        ("http://localhost:3000", True),
        ("https://127.0.0.1", True),
        ("app://obsidian", True),
        ("https://example.com", False),
        ("null", False),
        ("", False),
    ],
)
def test_a_foreign_origin_is_refused(origin: str, welcome: bool) -> None:
    assert is_welcome(request("localhost", origin)) is welcome
