"""Pages of other origins: what a preflight allows, and what a foreign page may read."""

import pytest

from tests.hostile.harness import Case, ask, play, refused
from tests.hostile.theatre import Theatre

pytestmark = pytest.mark.asyncio(loop_scope="module")

PREFLIGHT = ("Access-Control-Request-Method: POST", "Access-Control-Request-Headers: x-api-key,content-type")


@pytest.mark.parametrize("origin", ["app://obsidian.md", "http://127.0.0.1"])
async def test_a_preflight_needs_no_credential_and_allows_the_key(origin: str, theatre: Theatre) -> None:
    sent = ask("OPTIONS", "/api/chat", f"Origin: {origin}", *PREFLIGHT, body=None, key=None)
    answer = await play(Case(sent, (200, 204)), theatre)
    assert answer is not None
    assert answer.header("access-control-allow-origin") == origin
    assert "x-api-key" in (answer.header("access-control-allow-headers") or "").lower()
    assert "POST" in (answer.header("access-control-allow-methods") or "")
    assert answer.body == b""


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1.evil.example"])
@pytest.mark.parametrize("method", ["OPTIONS", "POST"])
async def test_a_foreign_origin_is_allowed_nothing(origin: str, method: str, theatre: Theatre) -> None:
    if method == "OPTIONS":
        sent = ask("OPTIONS", "/api/chat", f"Origin: {origin}", *PREFLIGHT, body=None, key=None)
    else:
        sent = ask("POST", "/api/chat", f"Origin: {origin}", key=None)
    answer = await play(Case(sent, (200, 204, 401, 403, 405)), theatre)
    assert answer is not None
    assert answer.header("access-control-allow-origin") is None
    assert answer.header("access-control-allow-credentials") is None


async def test_a_refusal_to_an_allowed_origin_can_be_read_by_its_page(theatre: Theatre) -> None:
    sent = ask("POST", "/api/chat", "Origin: app://obsidian.md", key=None)
    answer = await play(refused(sent, 401, "no_credential"), theatre)
    assert answer is not None
    assert answer.header("access-control-allow-origin") == "app://obsidian.md"
