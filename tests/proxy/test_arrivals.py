"""The first look at a request: the key is gone from its path, and how to speak to its client is known."""

from pathlib import Path

import pytest
from mitmproxy.test import tflow

from addon.proxy.arrivals import receive
from addon.proxy.cors import answer_headers
from addon.proxy.visits import path_of
from addon.settings import load_settings

SETTINGS = load_settings(config=None, data=Path("data"), listen=None, environ={})


@pytest.mark.parametrize(
    ("target", "key", "kept", "spoken"),
    [
        ("/k/KEY/api/code/v1/messages?x=1", "KEY", "/k/-/api/code/v1/messages?x=1", "/v1/messages"),
        ("/k/KEY", "KEY", "/k/-", "/"),
        ("/api/code/v1/nothing", None, "/api/code/v1/nothing", "/v1/nothing"),
        ("/api/chat", None, "/api/chat", "/api/chat"),
    ],
)
def test_the_key_is_taken_and_the_dialect_noted(target: str, key: str | None, kept: str, spoken: str) -> None:
    flow = tflow.tflow()
    flow.request.path = target
    assert receive(flow, SETTINGS) == key
    assert flow.request.path == kept
    assert path_of(flow) == spoken
    assert "KEY" not in repr(flow.metadata)


@pytest.mark.parametrize(
    ("target", "origins", "is_heard"),
    [
        ("/k/KEY/api/chat", ["app://x"], True),
        ("/api/code/api/chat", ["app://x"], True),
        ("/", ["app://x"], True),
        ("/api/chat", [], False),
        ("/api/chat", ["https://evil.example"], False),
        ("/api/chat", ["app://x", "app://x"], False),
        ("/gate/queue", ["app://x"], False),
        ("/admin", ["app://x"], False),
        ("/api/admin/keys", ["app://x"], False),
        ("/api/auth/login", ["app://x"], False),
    ],
)
def test_an_allowed_page_is_noted_on_ollamas_paths(target: str, origins: list[str], is_heard: bool) -> None:
    flow = tflow.tflow()
    flow.request.path = target
    flow.request.headers.set_all("Origin", origins)
    receive(flow, SETTINGS)
    assert bool(answer_headers(flow.request)) is is_heard
