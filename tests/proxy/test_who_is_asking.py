"""Addresses, cookies and keys at the gate (CONTRACT section 3), over real sockets."""

from pathlib import Path

import httpx
import pytest
from mitmproxy import http

from addon.core.addresses import parse_network
from addon.core.policy import AddressRule, Policy
from addon.proxy.admission import Admission
from addon.proxy.visit import Visit
from addon.settings import load_settings
from addon.store.engine import reading
from addon.store.journal import last_uses
from tests.core.builders import make_principal
from tests.proxy.houses import CHAT, House, Visitor, house_with_fake

FORWARDING = ["X-Forwarded-For", "Forwarded", "X-Real-IP", "CF-Connecting-IP", "CF-Ray"]


async def _ask(house: House, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await house.client.post("/api/chat", json=CHAT, headers=named)


def _behind(proxy: str, header: str) -> dict[str, str]:
    return {"SLUICE_GATE__TRUSTED_PROXIES": proxy, "SLUICE_GATE__CLIENT_ADDRESS_HEADER": header}


async def test_a_listed_address_needs_no_credential(house: House) -> None:
    await house.allow()
    answer = await _ask(house)
    assert answer.status_code == 200
    assert (answer.headers["x-queue-class"], answer.headers["x-queue-base"]) == ("direct_api", "1")


async def test_a_rule_may_have_a_priority_of_its_own(house: House) -> None:
    await house.allow("127.0.0.0/8", priority=6)
    assert (await _ask(house)).headers["x-queue-base"] == "6"


@pytest.mark.parametrize("header", FORWARDING)
async def test_whoever_speaks_for_somebody_else_without_our_trust_is_nobody(house: House, header: str) -> None:
    await house.allow()
    answer = await house.client.post("/api/chat", json=CHAT, headers={header: "127.0.0.1"})
    assert (answer.status_code, answer.headers["x-sluice-reason"]) == (401, "no_credential")
    assert house.upstream.requests == []


async def test_a_trusted_proxy_tells_the_address_and_only_its_last_word_counts(tmp_path: Path) -> None:
    async with house_with_fake(tmp_path / "data", SLUICE_GATE__TRUSTED_PROXIES="127.0.0.1") as house:
        await house.allow("203.0.113.0/24")
        await house.allow("127.0.0.1")
        for told, status in (
            ("203.0.113.9", 200),
            ("198.51.100.1, 203.0.113.9", 200),
            ("203.0.113.9, 198.51.100.1", 401),
            ("203.0.113.9, junk", 401),
            ("", 401),
        ):
            assert (await _ask(house, X_Forwarded_For=told)).status_code == status, told
        assert (await _ask(house)).status_code == 401, "the proxy itself is nobody"


@pytest.mark.parametrize("dummy", ["Bearer ollama", "Bearer sk-none", "Basic b2xsYW1hOm9sbGFtYQ=="])
async def test_a_dummy_key_from_a_listed_address_counts_as_none(house: House, dummy: str) -> None:
    await house.allow()
    answer = await _ask(house, Authorization=dummy)
    assert (answer.status_code, answer.headers["x-queue-class"]) == (200, "direct_api")


async def test_a_dummy_beside_a_real_key_counts_as_none_from_a_listed_address_only(house: House) -> None:
    key = await house.key()
    shown = {"X_API_Key": key, "Authorization": "Bearer ollama"}
    answer = await _ask(house, **shown)
    assert (answer.status_code, answer.headers["x-sluice-reason"]) == (400, "conflicting_credentials")
    await house.allow()
    answer = await _ask(house, **shown)
    assert (answer.status_code, answer.headers["x-queue-class"]) == (200, "custom_app")
    other = await house.key("other")
    answer = await _ask(house, X_API_Key=key, Authorization=f"Bearer {other}")
    assert (answer.status_code, answer.headers["x-sluice-reason"]) == (400, "conflicting_credentials")


async def test_a_wrong_key_of_our_form_is_refused_even_from_a_listed_address(house: House) -> None:
    await house.allow()
    answer = await _ask(house, X_API_Key="sl_aaaaaaaa_" + "A" * 43)
    assert (answer.status_code, answer.headers["x-sluice-reason"]) == (401, "bad_credential")


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Origin", "https://evil.example"),
        ("Origin", "null"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
    ],
)
async def test_a_foreign_page_may_not_use_an_address(house: House, header: str, value: str) -> None:
    await house.allow()
    answer = await house.client.post("/api/chat", json=CHAT, headers={header: value})
    assert (answer.status_code, answer.headers["x-sluice-reason"]) == (403, "foreign_origin")
    key = await house.key()
    assert (await house.chat(key, **{header: value})).status_code == 200, "a key is nobody's by accident"


async def test_a_proxy_that_tells_of_loopback_lets_nobody_in(tmp_path: Path) -> None:
    async with house_with_fake(tmp_path / "data", **_behind("127.0.0.1", "X-Real-IP")) as house:
        await house.allow("127.0.0.0/8")
        for told in ("127.0.0.1", "127.0.0.9", "::ffff:127.0.0.1"):
            assert (await _ask(house, X_Real_IP=told)).status_code == 401
        await house.allow("192.0.2.0/24")
        assert (await _ask(house, X_Real_IP="::ffff:192.0.2.7")).status_code == 200


async def test_a_tunnel_names_exactly_one_address(tmp_path: Path) -> None:
    async with house_with_fake(tmp_path / "data", **_behind("::ffff:127.0.0.1", "CF-Connecting-IP")) as house:
        await house.allow("203.0.113.0/24")
        for told, status in (
            ("203.0.113.9", 200),
            ("203.0.113.9, 203.0.113.9", 401),
            ("203.0.113.9:443", 401),
            ("[2001:db8::1]", 401),
            ("fe80::1%eth0", 401),
            ("", 401),
        ):
            assert (await _ask(house, CF_Connecting_IP=told)).status_code == status, told
        twice = [("CF-Connecting-IP", "203.0.113.9"), ("CF-Connecting-IP", "203.0.113.9")]
        assert (await house.client.post("/api/chat", json=CHAT, headers=twice)).status_code == 401
        assert (await _ask(house, X_Forwarded_For="203.0.113.9")).status_code == 401, "not the configured header"


async def test_a_page_of_our_own_may_use_an_address(house: House) -> None:
    await house.allow()
    own = f"http://127.0.0.1:{house.port}"
    assert (await _ask(house, Origin=own, Sec_Fetch_Site="same-origin")).status_code == 200


async def test_a_cookie_needs_its_token_and_our_origin_for_anything_unsafe(house: House) -> None:
    ann, bob = await house.sign_in("ann"), await house.sign_in("bob")
    own = {"Origin": f"http://127.0.0.1:{house.port}"}

    async def status(visitor: Visitor, **more: str) -> tuple[int, str | None]:
        headers = {name.replace("_", "-"): value for name, value in more.items()}
        answer = await house.client.post("/api/chat", json=CHAT, headers=visitor.cookie | headers)
        return answer.status_code, answer.headers.get("x-sluice-reason")

    assert await status(ann) == (403, "csrf")
    assert await status(ann, **own) == (403, "csrf")
    assert await status(ann, X_CSRF_Token=ann.csrf) == (403, "csrf")
    assert await status(ann, X_CSRF_Token=bob.csrf, **own) == (403, "csrf")
    assert await status(ann, X_CSRF_Token=ann.csrf, Origin="https://evil.example") == (403, "csrf")
    assert house.upstream.requests == []
    assert await status(ann, X_CSRF_Token=ann.csrf, **own) == (200, None)


@pytest.mark.parametrize(
    ("public_url", "cookie", "other"),
    [
        ("https://gate.example", "__Host-sluice", "sluice"),
        ("http://gate.example", "sluice", "__Host-sluice"),
    ],
)
async def test_a_session_s_cookie_has_one_name(tmp_path: Path, public_url: str, cookie: str, other: str) -> None:
    async with house_with_fake(tmp_path / "data", SLUICE_GATE__PUBLIC_URL=public_url) as house:
        ann, bob = await house.sign_in("ann"), await house.sign_in("bob")
        me = await house.client.get("/gate/me", headers={"Cookie": f"{other}={bob.token}; {cookie}={ann.token}"})
        assert me.json()["principal"] == "ann"
        planted = await house.client.get("/gate/me", headers={"Cookie": f"{other}={bob.token}"})
        assert (planted.status_code, planted.headers["x-sluice-reason"]) == (401, "no_credential")


async def test_a_signed_in_person_is_of_the_chat_class_and_may_read_without_a_token(house: House) -> None:
    ann = await house.sign_in("ann")
    assert (await house.client.get("/api/tags", headers=ann.cookie)).status_code == 200
    me = (await house.client.get("/gate/me", headers=ann.cookie)).json()
    assert (me["principal"], me["class"], me["priority"]) == ("ann", "web_chat", 3)


async def test_a_session_as_bearer_token_needs_no_csrf_token(house: House) -> None:
    ann = await house.sign_in("ann")
    answer = await _ask(house, Authorization=f"Bearer {ann.token}")
    assert (answer.status_code, answer.headers["x-queue-class"]) == (200, "web_chat")


async def test_an_explicit_key_wins_over_a_cookie(house: House) -> None:
    ann, key = await house.sign_in("ann"), await house.key()
    answer = await house.client.post("/api/chat", json=CHAT, headers={**ann.cookie, "X-API-Key": key})
    assert (answer.status_code, answer.headers["x-queue-class"]) == (200, "custom_app")


async def test_the_same_key_shown_twice_is_one_key(house: House) -> None:
    key = await house.key()
    assert (await _ask(house, X_API_Key=key, Authorization=f"Bearer {key}")).status_code == 200


async def test_who_was_served_and_from_where_is_noted(house: House) -> None:
    key = await house.key()
    await house.chat(key)
    await house.chat(key, **{"X-Forwarded-For": "10.0.0.1"})
    await house.journal()
    with reading(house.engine) as session:
        assert {name: row.address for name, row in last_uses(session).items()} == {"key:1": None}


@pytest.mark.parametrize(
    ("peer", "is_let_in"),
    [
        ("192.0.2.7", True),
        ("::ffff:192.0.2.7", True),
        ("2001:db8::7", True),
        ("198.51.100.1", False),
        ("2001:db8::7%eth0", False),
        ("", False),
    ],
)
def test_a_peer_that_cannot_be_read_is_on_no_list(peer: str, is_let_in: bool) -> None:
    settings = load_settings(config=None, data=Path("data"), listen=None, environ={})
    networks = (parse_network("192.0.2.0/24"), parse_network("2001:db8::/32"))
    rules = tuple(AddressRule(network, make_principal()) for network in networks)
    asked = http.Request.make("GET", "http://127.0.0.1/api/tags", headers=http.Headers(Host="127.0.0.1"))
    verdict = Admission(settings, ()).admit(asked, peer, Policy(1, b"s" * 32, rules=rules))
    assert isinstance(verdict, Visit) is is_let_in
