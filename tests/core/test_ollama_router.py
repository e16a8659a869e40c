"""The gate against a model of Ollama's own router: one of two tables, read by two quite different readers."""

import os

import pytest

from addon.core.routes import RouteKind
from tests.core.ollama_router import EXTRA, METHODS, OLLAMA, Row, check, prove, reached, sample, served

EXAMPLES = max(int(os.environ.get("SLUICE_FUZZ_EXAMPLES", "0")), 2000)
"""`scripts/fuzz` raises the number."""
ADDED = {Row(one.method, one.path, one.kind) for one in EXTRA}
ROWS = [(sample(path), methods.split(), kind) for kind, rows in OLLAMA.items() for path, methods in rows.items()]


@pytest.mark.parametrize(("path", "methods", "kind"), ROWS)
def test_the_model_of_ollama_s_router_serves_its_own_table(path: str, methods: list[str], kind: RouteKind) -> None:
    for method in METHODS:
        rows = {row for row in served(method, path.encode()) if row not in ADDED}
        assert {row.kind for row in rows} == ({kind} if method in methods else set())
        assert rows <= reached(method, path.encode())


@pytest.mark.parametrize(
    "target",
    [
        *("/api/%63hat", "/%61pi/chat", "/api%2Fchat", "//api/chat", "/api//chat", "/api/./chat", "/%2Fapi/chat"),
        *("/api/chat/", "/api/chat%2F", "/api/%2e/chat", "/api/%2e%2e/api/chat", "/x/../api/chat", "/api/chat/."),
        "/api/blobs/..%2fchat",
    ],
)  # fmt: skip
def test_the_model_of_ollama_s_router_follows_its_disguises(target: str) -> None:
    assert {row.pattern for row in reached("POST", target.encode())} == {"/api/chat"}
    assert served("POST", target.encode()) == set()
    check("POST", target.encode())


@pytest.mark.parametrize(
    "target",
    [
        "/API/chat",
        "/api/chat;x=1",
        "/api\\chat",
        "/api/chat%00",
        "/api/chat%20",
        "/api/chat%",
        "/api/%zz",
        "/api/chat#x",
    ],
)
def test_the_model_of_ollama_s_router_refuses_what_gin_does(target: str) -> None:
    assert reached("POST", target.encode()) == set()


@pytest.mark.slow
@pytest.mark.timeout(120 if EXAMPLES <= 2000 else 0)
def test_whatever_ollama_s_router_would_take_for_a_route_is_that_route_or_refused() -> None:
    prove(EXAMPLES)
