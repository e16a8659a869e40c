"""Host names: only ours are served, whatever stands beside them (DNS rebinding, poisoned caches)."""

from collections.abc import Mapping

import pytest

from tests.hostile.harness import Case, get, got, passes, play, refused
from tests.hostile.theatre import Theatre

pytestmark = pytest.mark.asyncio(loop_scope="module")

FOREIGN = (
    *("evil.example", "evil.example:8000", "127.0.0.1.evil.example", "localhost.evil.example", "evillocalhost"),
    *("localhost.", "localhostx", "local", ".local.evil.example", "a@localhost", "localhost@evil.example"),
    *("2130706433", "0177.0.0.1", "0x7f.0.0.1", "127.1", "127.0.0.1.", "127.0.0.1:80:80", "127.0.0.1:8x"),
    *("[::1", "::1]", "[evil.example]", "[::1%25eth0]", "[::1]evil.example", "[v1.x]", "localhost,evil.example"),
    *("localhost/", "localhost?x", "localhost#x", "localhost evil.example", "*", "null", ":8000", "l\xf6calhost"),
)
OURS = ("127.0.0.1", "127.0.0.1:8000", "localhost", "LOCALHOST:1", "[::1]", "[::1]:8000", "box.local", "192.0.2.7")

LINES: dict[str, Case] = {
    "no Host": refused(get(host=None), 400, "malformed"),
    "two equal ones": refused(get("/api/version", "Host: 127.0.0.1"), 400, "malformed"),
    "ours and a foreign one": refused(get("/api/version", "Host: evil.example"), 400, "malformed"),
    "a foreign one and ours": refused(get("/api/tags", "Host: localhost", host="evil.example"), 400, "malformed"),
    "an empty one": Case(get(host=""), (400, 421)),
    "none in HTTP/1.0": refused(get(host=None, version="HTTP/1.0"), 400, "malformed"),
    "a forwarded one beside ours": passes(
        get("/api/version", "X-Forwarded-Host: evil.example", "X-Host: evil.example"), got()
    ),
    "a forwarded one of ours beside a foreign one": refused(
        get("/api/version", "X-Forwarded-Host: localhost", host="evil.example"), 421, "foreign_host"
    ),
}  # fmt: skip

ADMIN: Mapping[str, str] = {
    "SLUICE_GATE__HOSTS__ADMIN": "admin.example",
    "SLUICE_GATE__HOSTS__CHAT": "chat.example",
}
PLACES: dict[str, Case] = {
    **{
        f"{path} at {host}": Case(get(path, host=host), (404, 421), environ=ADMIN)
        for path in ("/admin", "/admin/keys", "/api/admin/keys")
        for host in ("127.0.0.1", "chat.example")
    },
    # There is no web app behind this gate: a page that may be shown is 503.
    **{
        f"{path} at admin.example": refused(get(path, host="admin.example"), 503, "web_app_down", environ=ADMIN)
        for path in ("/admin", "/api/admin/keys")
    },
    "a host nobody named": refused(get(host="evil.example"), 421, "foreign_host", environ=ADMIN),
    "the API at chat.example": passes(get(host="chat.example"), got(), environ=ADMIN),
}


@pytest.mark.parametrize("host", FOREIGN)
async def test_a_foreign_host_is_refused(host: str, theatre: Theatre) -> None:
    await play(Case(get(host=host), (400, 421)), theatre)


@pytest.mark.parametrize("host", OURS)
async def test_a_host_of_ours_is_served_and_ollama_hears_its_own_name(host: str, theatre: Theatre) -> None:
    await play(passes(get(host=host), got()), theatre)


@pytest.mark.parametrize("case", LINES.values(), ids=LINES)
async def test_there_is_exactly_one_host(case: Case, theatre: Theatre) -> None:
    await play(case, theatre)


@pytest.mark.parametrize("case", PLACES.values(), ids=PLACES)
async def test_the_admin_panel_answers_at_its_own_name_alone(case: Case, theatre: Theatre) -> None:
    await play(case, theatre)


async def test_a_refused_host_does_not_say_which_it_was(theatre: Theatre) -> None:
    answer = await play(refused(get(host="evil.example"), 421, "foreign_host"), theatre)
    assert answer is not None
    assert b"evil" not in answer.body
