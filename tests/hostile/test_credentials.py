"""Who is asking: forged, stale, doubled and borrowed credentials, and what a client claims of itself."""

import base64

import pytest

from tests.hostile.harness import CHAT_FORWARDED, Case, ask, get, got, passes, play, refused
from tests.hostile.theatre import Theatre

pytestmark = pytest.mark.asyncio(loop_scope="module")

INVENTED = "sl_aaaaaaaa_" + "A" * 43
COOKIE, CSRF, ORIGIN = "Cookie: <cookie>", "X-CSRF-Token: <csrf>", "Origin: http://127.0.0.1"


def shown(*lines: str, target: str = "/api/chat") -> bytes:
    """A chat request that shows exactly these lines."""
    return ask("POST", target, *lines, key=None)


def basic(text: str) -> str:
    return f"Authorization: Basic {base64.b64encode(text.encode()).decode()}"


NOBODY: dict[str, Case] = {
    "nothing": refused(shown(), 401, "no_credential"),
    "nothing for metadata": refused(get(key=None), 401, "no_credential"),
    "a key in the query": refused(shown(target="/api/chat?key=<key>&api_key=<key>"), 401, "no_credential"),
    "a key under another name": refused(shown("X-API_Key: <key>", "Api-Key: <key>"), 401, "no_credential"),
    "a key as cookie": refused(shown("Cookie: sluice=<key>"), 401),
    "a key with proxy authorization": refused(shown("Proxy-Authorization: Bearer <key>"), 401, "no_credential"),
    "a key named in Connection": refused(shown("Connection: X-API-Key"), 401, "no_credential"),
    "a key in the body": refused(ask(body=b'{"model":"x","key":"<key>"}', key=None), 401, "no_credential"),
    **{
        f"{name} key": refused(shown(f"X-API-Key: {text}"), 401)
        for name, text in {
            "an invented": INVENTED, "an empty": "", "half a": "sl_aaaa", "a longer": "<key>A",
            "a quoted": '"<key>"',
            "a shouted": "SL_" + INVENTED[3:].upper(), "a foreign": "sk-none", "two in one": "<key>, <other-key>",
            "a lone prefix": "sl_aaaaaaaa_", "a percent-escaped": "%73l_aaaaaaaa",
        }.items()
    },
    "a revoked key": refused(shown("X-API-Key: <revoked>"), 401, "key_revoked"),
    "an expired key": refused(shown("Authorization: Bearer <expired>"), 401, "key_expired"),
    "Basic of nothing": refused(shown("Authorization: Basic"), 401),
    "Basic of junk": refused(shown("Authorization: Basic !!!"), 401),
    "Basic with an invented key": refused(shown(basic(f"x:{INVENTED}")), 401, "bad_credential"),
    "Digest": refused(shown('Authorization: Digest username="x"'), 401),
    "Bearer of nothing": refused(shown("Authorization: Bearer"), 401),
    "Ollama's own signature": refused(shown("Authorization: AAAAC3Nz:c2ln"), 401),
}  # fmt: skip

TOKENS = (
    *("jwt-none", "jwt-unsigned", "jwt-forged", "jwt-hs512", "jwt-crit", "jwt-no-exp", "jwt-no-jti"),
    *("jwt-old", "jwt-audience", "jwt-issuer", "jwt-session"),
)

DOUBLED: dict[str, Case] = {
    " and ".join(lines): refused(shown(*lines), 400, "conflicting_credentials")
    for lines in (
        ("X-API-Key: <key>", f"X-API-Key: {INVENTED}"),
        (f"X-API-Key: {INVENTED}", "X-API-Key: <key>"),
        ("X-API-Key: <key>", "Authorization: Bearer <other-key>"),
        ("X-API-Key: <key>", "Authorization: Bearer <jwt>"),
        ("X-API-Key: <key>", "Authorization: Bearer ollama"),
        ("X-API-Key: <key>", "Authorization: Basic eDp5"),
    )
}

COOKIES: dict[str, Case] = {
    "a cookie alone": refused(shown(COOKIE), 403, "csrf"),
    "a cookie and our origin": refused(shown(COOKIE, ORIGIN), 403, "csrf"),
    "a cookie and its token": refused(shown(COOKIE, CSRF), 403, "csrf"),
    "a cookie and another's token": refused(shown(COOKIE, ORIGIN, "X-CSRF-Token: <other-csrf>"), 403, "csrf"),
    "a cookie and a foreign origin": refused(shown(COOKIE, CSRF, "Origin: https://evil.example"), 403, "csrf"),
    "a cookie and no page at all": refused(shown(COOKIE, CSRF, "Origin: null"), 403, "csrf"),
    "a cookie and another port": refused(shown(COOKIE, CSRF, "Origin: http://127.0.0.1:1"), 403, "csrf"),
    "a cookie and an application's origin": refused(shown(COOKIE, CSRF, "Origin: app://x"), 403, "csrf"),
    "a cookie for the queue": refused(ask("POST", "/gate/pause", COOKIE, ORIGIN, body=b"", key=None), 403, "csrf"),
    "a forged cookie": refused(shown("Cookie: sluice=<jwt-forged>", CSRF, ORIGIN), 401, "session_ended"),
    "an unsigned cookie": refused(shown("Cookie: sluice=<jwt-none>", CSRF, ORIGIN), 401, "session_ended"),
    # By its name it belongs to https; a gate on http may leave it aside.
    "a forged one of the other name": Case(
        shown("Cookie: __Host-sluice=<jwt-none>; <cookie>", CSRF, ORIGIN), (200, 401), reaches=CHAT_FORWARDED
    ),
    "all three": passes(shown(COOKIE, CSRF, ORIGIN)),
    "a cookie to read with": passes(get("/api/version", COOKIE, key=None), got()),
    "a key beside a cookie": passes(shown(COOKIE, "X-API-Key: <key>")),
}

GOOD: dict[str, Case] = {
    line: passes(shown(line))
    for line in (
        *("X-API-Key: <key>", "x-api-key:<key>", "Authorization: Bearer <key>", "AUTHORIZATION: bearer  <key>"),
        *("Authorization: Bearer <jwt>", "Authorization: Bearer <jwt-kid>"),
    )
}

BEYOND: dict[str, Case] = {
    "pulling without manage": refused(ask(target="/api/pull"), 403, "scope_missing"),
    "deleting without manage": refused(ask("DELETE", "/api/delete"), 403, "scope_missing"),
    "a blob without manage": refused(ask(target="/api/blobs/sha256:" + "0" * 64), 403, "scope_missing"),
    "chatting with read alone": refused(ask(key="<reader>"), 403, "scope_missing"),
    "pausing without admin": refused(ask(target="/gate/pause", body=b""), 403, "scope_missing"),
    "pausing as a person": refused(
        ask("POST", "/gate/pause", COOKIE, CSRF, ORIGIN, body=b"", key=None), 403, "scope_missing"
    ),
    **{f"priority {text!r}": refused(ask("POST", "/api/chat", f"X-Priority: {text}"), 400, "bad_priority")
       for text in ("-1", "10", "1.5", "high", "", "0x1", "1 2", "\N{SUPERSCRIPT TWO}")},
    "a ticket's name that is none": refused(
        ask("POST", "/api/chat", "X-Queue-Ticket: ../../etc/passwd"), 400, "bad_ticket_name"
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", NOBODY.values(), ids=NOBODY)
async def test_who_shows_no_valid_credential_is_nobody(case: Case, theatre: Theatre) -> None:
    await play(case, theatre)


@pytest.mark.parametrize("token", TOKENS)
async def test_a_token_that_we_did_not_sign_so_is_nobodys(token: str, theatre: Theatre) -> None:
    await play(refused(shown(f"Authorization: Bearer <{token}>"), 401, "session_ended"), theatre)


@pytest.mark.parametrize("case", DOUBLED.values(), ids=DOUBLED)
async def test_two_different_credentials_are_refused(case: Case, theatre: Theatre) -> None:
    await play(case, theatre)


@pytest.mark.parametrize("case", COOKIES.values(), ids=COOKIES)
async def test_a_cookie_needs_its_token_and_our_own_page(case: Case, theatre: Theatre) -> None:
    await play(case, theatre)


@pytest.mark.parametrize("case", GOOD.values(), ids=GOOD)
async def test_a_good_credential_opens_in_every_form(case: Case, theatre: Theatre) -> None:
    await play(case, theatre)


async def test_a_key_may_be_the_password_of_basic(theatre: Theatre) -> None:
    await play(passes(shown("Authorization: Basic <basic>")), theatre)


@pytest.mark.parametrize("case", BEYOND.values(), ids=BEYOND)
async def test_a_credential_opens_no_more_than_it_may(case: Case, theatre: Theatre) -> None:
    await play(case, theatre)


@pytest.mark.parametrize(
    "line", ["X-Priority: 0", "X-Priority: 4", "X-Queue-Base: 0", "X-Queue-Class: direct_api"]
)
async def test_nothing_a_client_says_raises_its_priority(line: str, theatre: Theatre) -> None:
    answer = await play(passes(ask("POST", "/api/chat", line, key="<late>")), theatre)
    assert answer is not None
    assert (answer.header("x-queue-base"), answer.header("x-queue-class")) == ("4", "custom_app")
