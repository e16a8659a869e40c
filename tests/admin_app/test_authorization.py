"""The authorization matrix: every route of app and gate is in it, and every kind of visitor is tried on each."""

import re
from collections.abc import AsyncGenerator, Callable, Mapping
from pathlib import Path

import pytest

from addon.core.access import SAFE_METHODS
from addon.core.live_routes import LiveRoute, Who
from addon.core.principal import Scope
from admin_app.rules import Rule, rule_of
from tests.admin_app.house import HOST, Browser, House
from tests.proxy.houses import House as GateHouse
from tests.proxy.houses import house_with_fake

_CONVERSATION = "/api/conversations/<string(minlength=8):conversation_id>"
MATRIX: Mapping[str, Rule | Who] = {
    "GET /static/<path:name>": Rule.ANYONE,
    "GET /static/chat/<path:name>": Rule.ANYONE,
    "GET /favicon.ico": Rule.ANYONE,
    "GET /": Rule.ANYONE,
    "GET /setup": Rule.ANYONE,
    "GET /register": Rule.ANYONE,
    "GET /login": Rule.ANYONE,
    "POST /api/auth/register": Rule.ANYONE,
    "POST /api/auth/login": Rule.ANYONE,
    "GET /reset": Rule.ANYONE,
    "POST /api/auth/reset": Rule.ANYONE,
    "POST /api/auth/logout": Rule.SIGNED_IN_JSON,
    "GET /api/auth/session": Rule.SIGNED_IN_JSON,
    "GET /api/conversations": Rule.SIGNED_IN_JSON,
    "GET /api/conversations/search": Rule.SIGNED_IN_JSON,
    "GET /api/conversations/export": Rule.SIGNED_IN_JSON,
    "POST /api/conversations/import": Rule.SIGNED_IN_JSON,
    f"GET {_CONVERSATION}": Rule.SIGNED_IN_JSON,
    f"PUT {_CONVERSATION}": Rule.SIGNED_IN_JSON,
    f"DELETE {_CONVERSATION}": Rule.SIGNED_IN_JSON,
    f"POST {_CONVERSATION}/restore": Rule.SIGNED_IN_JSON,
    f"PUT {_CONVERSATION}/messages/<message_id>": Rule.SIGNED_IN_JSON,
    f"POST {_CONVERSATION}/messages/<message_id>/append": Rule.SIGNED_IN_JSON,
    "GET /account": Rule.SIGNED_IN_PAGE,
    "POST /account/keys": Rule.SIGNED_IN_PAGE,
    "POST /account/keys/<int:key_id>/rotate": Rule.SIGNED_IN_PAGE,
    "POST /account/keys/<int:key_id>/revoke": Rule.SIGNED_IN_PAGE,
    "POST /account/sessions/<handle>/end": Rule.SIGNED_IN_PAGE,
    "POST /account/sessions/end": Rule.SIGNED_IN_PAGE,
    "POST /account/password": Rule.SIGNED_IN_PAGE,
    "POST /logout": Rule.SIGNED_IN_PAGE,
    "GET /chat": Rule.SIGNED_IN_PAGE,
    "GET /admin": Rule.ADMIN_PAGE,
    "GET /admin/queue": Rule.ADMIN_PAGE,
    "GET /admin/keys": Rule.ADMIN_PAGE,
    "GET /admin/keys/<int:key_id>": Rule.ADMIN_PAGE,
    "POST /admin/keys": Rule.ADMIN_PAGE,
    "POST /admin/keys/<int:key_id>/change": Rule.ADMIN_PAGE,
    "POST /admin/keys/<int:key_id>/rotate": Rule.ADMIN_PAGE,
    "POST /admin/keys/<int:key_id>/revoke": Rule.ADMIN_PAGE,
    "GET /admin/addresses": Rule.ADMIN_PAGE,
    "POST /admin/addresses": Rule.ADMIN_PAGE,
    "POST /admin/addresses/import": Rule.ADMIN_PAGE,
    "GET /admin/addresses/<int:rule_id>": Rule.ADMIN_PAGE,
    "POST /admin/addresses/<int:rule_id>/change": Rule.ADMIN_PAGE,
    "POST /admin/addresses/<int:rule_id>/enable": Rule.ADMIN_PAGE,
    "POST /admin/addresses/<int:rule_id>/disable": Rule.ADMIN_PAGE,
    "POST /admin/addresses/<int:rule_id>/remove": Rule.ADMIN_PAGE,
    "GET /admin/invites": Rule.ADMIN_PAGE,
    "POST /admin/invites": Rule.ADMIN_PAGE,
    "POST /admin/invites/<int:invite_id>/revoke": Rule.ADMIN_PAGE,
    "GET /admin/users": Rule.ADMIN_PAGE,
    "GET /admin/users/<int:user_id>": Rule.ADMIN_PAGE,
    "POST /admin/users/<int:user_id>/disable": Rule.ADMIN_PAGE,
    "POST /admin/users/<int:user_id>/enable": Rule.ADMIN_PAGE,
    "POST /admin/users/<int:user_id>/promote": Rule.ADMIN_PAGE,
    "POST /admin/users/<int:user_id>/demote": Rule.ADMIN_PAGE,
    "POST /admin/users/<int:user_id>/change": Rule.ADMIN_PAGE,
    "POST /admin/users/<int:user_id>/reset-password": Rule.ADMIN_PAGE,
    "POST /admin/users/<int:user_id>/sign-out": Rule.ADMIN_PAGE,
    "POST /admin/users/<int:user_id>/delete": Rule.ADMIN_PAGE,
    "GET /admin/audit": Rule.ADMIN_PAGE,
    "GET /admin/upstreams": Rule.ADMIN_PAGE,
    "GET /api/admin/whitelist": Rule.ADMIN_JSON,
    "POST /api/admin/whitelist": Rule.ADMIN_JSON,
    "DELETE /api/admin/whitelist/<int:rule_id>": Rule.ADMIN_JSON,
    "PATCH /api/admin/whitelist/<int:rule_id>": Rule.ADMIN_JSON,
    "POST /api/admin/whitelist/test": Rule.ADMIN_JSON,
    "POST /api/admin/whitelist/import": Rule.ADMIN_JSON,
    "GET /api/admin/tokens": Rule.ADMIN_JSON,
    "POST /api/admin/tokens": Rule.ADMIN_JSON,
    "DELETE /api/admin/tokens/<int:invite_id>": Rule.ADMIN_JSON,
    "GET /api/admin/keys": Rule.ADMIN_JSON,
    "POST /api/admin/keys": Rule.ADMIN_JSON,
    "PATCH /api/admin/keys/<int:key_id>": Rule.ADMIN_JSON,
    "DELETE /api/admin/keys/<int:key_id>": Rule.ADMIN_JSON,
    "POST /api/admin/keys/<int:key_id>/rotate": Rule.ADMIN_JSON,
    "GET /api/admin/users": Rule.ADMIN_JSON,
    "PATCH /api/admin/users/<int:user_id>": Rule.ADMIN_JSON,
    "DELETE /api/admin/users/<int:user_id>": Rule.ADMIN_JSON,
    "POST /api/admin/users/<int:user_id>/reset-password": Rule.ADMIN_JSON,
    "POST /api/admin/users/<int:user_id>/sign-out": Rule.ADMIN_JSON,
    "GET /api/admin/concerns": Rule.ADMIN_JSON,
    "GET /api/admin/overview": Rule.ADMIN_JSON,
    "GET /api/admin/stats": Rule.ADMIN_JSON,
    "GET /api/admin/statistics": Rule.ADMIN_JSON,
    "GET /admin/statistics": Rule.ADMIN_PAGE,
    "GET /api/admin/audit": Rule.ADMIN_JSON,
    "GET /admin/settings": Rule.ADMIN_PAGE,
    "POST /admin/settings/change": Rule.ADMIN_PAGE,
    "POST /admin/settings/reset": Rule.ADMIN_PAGE,
    "GET /api/admin/settings": Rule.ADMIN_JSON,
    "PUT /api/admin/settings/<key>": Rule.ADMIN_JSON,
    "DELETE /api/admin/settings/<key>": Rule.ADMIN_JSON,
    "GET /gate/health": Who.ANYONE,
    "GET /gate/ready": Who.ANYONE,
    "GET /gate/openapi.json": Who.ANYONE,
    "GET /gate/me": Who.KNOWN,
    "GET /gate/queue": Who.KNOWN,
    "GET /gate/tickets/{ticket}": Who.KNOWN,
    "DELETE /gate/tickets/{ticket}": Who.KNOWN,
    "POST /gate/tickets/{ticket}/bump": Who.ADMIN,
    "GET /gate/metrics": Who.ADMIN,
    "GET /gate/upstreams": Who.ADMIN,
    "POST /gate/pause": Who.ADMIN,
    "POST /gate/resume": Who.ADMIN,
    "POST /gate/drain": Who.ADMIN,
    "PUT /gate/slots": Who.ADMIN,
}
WEB = {line: rule for line, rule in MATRIX.items() if isinstance(rule, Rule)}
LIVE = {line: who for line, who in MATRIX.items() if isinstance(who, Who)}
_PARAMETER = re.compile(r"<[^>]+>|{[^}]+}")
PAGES = {Rule.SIGNED_IN_PAGE, Rule.ADMIN_PAGE}
ADMINS = {Rule.ADMIN_PAGE, Rule.ADMIN_JSON}
CLOSED = [line for line, rule in WEB.items() if rule is not Rule.ANYONE]
UNSAFE = [line for line in MATRIX if line.partition(" ")[0] not in SAFE_METHODS]
LET_IN = {200, 201, 204, 303, 400, 404}
"""What a view itself may answer to a request without fields, for an id that is not there."""


def ask(browser: Browser, line: str, **headers: str) -> int:
    method, _, pattern = line.partition(" ")
    path = _PARAMETER.sub("99999999", pattern)
    if method == "POST" and not path.startswith("/api/"):
        return browser.post_form(path, {}, **headers).status_code
    return browser.send(method, path, None if method in SAFE_METHODS else {}, **headers).status_code


def outside(statuses: dict[str, int], allowed: Callable[[Rule], set[int]]) -> dict[str, int]:
    """The answers that are not what the rule of their route says."""
    return {line: status for line, status in statuses.items() if status not in allowed(WEB[line])}


def test_every_route_is_in_the_matrix_with_its_rule(house: House) -> None:
    stated = {
        f"{method} {rule.rule}": rule_of(house.app.view_functions[rule.endpoint])
        for rule in house.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD"}
    }
    assert stated == WEB
    assert {f"{route.method} {route.path}": route.who for route in LiveRoute} == LIVE


def test_a_route_without_a_rule_answers_nobody(house: House) -> None:
    house.app.add_url_rule("/forgotten", "forgotten", lambda: "let in")
    assert house.joined("root", is_admin=True).get("/forgotten").status_code == 500


def test_strangers_are_sent_to_sign_in_or_refused(visitor: Browser) -> None:
    statuses = {line: ask(visitor, line) for line in CLOSED}
    assert outside(statuses, lambda rule: {302, 303} if rule in PAGES else {401}) == {}


def test_people_reach_their_own_pages_only(house: House) -> None:
    statuses = {line: ask(house.joined(f"ann{n}"), line) for n, line in enumerate(CLOSED)}
    assert outside(statuses, lambda rule: {403} if rule in ADMINS else LET_IN) == {}


def test_administrators_reach_everything(house: House) -> None:
    statuses = {line: ask(house.joined(f"ann{n}", is_admin=True), line) for n, line in enumerate(CLOSED)}
    assert outside(statuses, lambda rule: LET_IN) == {}


def test_a_key_with_scope_admin_reaches_the_json_and_no_page(house: House, visitor: Browser) -> None:
    key = house.key("script", Scope.ADMIN)
    statuses = {line: ask(visitor, line, X_API_Key=key) for line in CLOSED}
    expected = {Rule.ADMIN_JSON: LET_IN, Rule.SIGNED_IN_JSON: {401}}
    assert outside(statuses, lambda rule: expected.get(rule, {302, 303})) == {}


def test_a_plain_key_reaches_nothing_here(house: House, visitor: Browser) -> None:
    key = house.key("app")
    statuses = {line: ask(visitor, line, X_API_Key=key) for line in CLOSED}
    expected = {Rule.ADMIN_JSON: {403}, Rule.SIGNED_IN_JSON: {401}}
    assert outside(statuses, lambda rule: expected.get(rule, {302, 303})) == {}


def test_a_key_that_is_not_ours_hides_a_good_cookie(admin: Browser) -> None:
    assert admin.get("/api/admin/users", X_API_Key="nonsense").status_code == 401


def test_two_different_credentials_are_refused(house: House, visitor: Browser) -> None:
    key = house.key("script", Scope.ADMIN)
    answer = visitor.get("/api/admin/users", X_API_Key=key, Authorization="Bearer other")
    assert answer.status_code == 400
    assert answer.headers["X-Sluice-Reason"] == "conflicting_credentials"


def test_a_page_asked_by_a_stranger_is_returned_to_after_sign_in(visitor: Browser) -> None:
    assert visitor.get("/chat").headers["Location"] == "/login?next=/chat"
    assert visitor.get("/admin?a=1&b=2").headers["Location"] == "/login?next=/admin%3Fa%3D1%26b%3D2"


@pytest.mark.parametrize("shown", [{"X_CSRF_Token": ""}, {"Origin": "http://evil.test"}], ids=["token", "origin"])
def test_no_unsafe_route_answers_to_a_cookie_without_our_token_and_origin(
    admin: Browser, shown: dict[str, str]
) -> None:
    lines = [line for line in UNSAFE if line in WEB and WEB[line] is not Rule.ANYONE]
    if "X_CSRF_Token" in shown:
        admin.client.delete_cookie(
            "sluice_csrf", domain=HOST.partition(":")[0]
        )  # what forms take their field from
    assert {line: status for line in lines if (status := ask(admin, line, **shown)) != 403} == {}


@pytest.fixture
async def gate(tmp_path: Path) -> AsyncGenerator[GateHouse]:
    async with house_with_fake(tmp_path / "data") as running:
        yield running


async def ask_live(gate: GateHouse, headers: Mapping[str, str]) -> dict[str, int]:
    statuses = {}
    for line in LIVE:
        method, _, pattern = line.partition(" ")
        body = None if method in SAFE_METHODS else b"{}"
        path = _PARAMETER.sub("99999999", pattern)
        statuses[line] = (await gate.client.request(method, path, headers=headers, content=body)).status_code
    return statuses


def outside_live(statuses: Mapping[str, int], refused: Mapping[Who, int]) -> dict[str, int]:
    """The answers that are not what the rule says; who is let in may hear that there is no such ticket."""
    return {
        line: status
        for line, status in statuses.items()
        if status not in ({refused[LIVE[line]]} if LIVE[line] in refused else {200, 400, 404})
    }


async def test_every_kind_of_visitor_gets_from_the_gate_what_its_rule_says(gate: GateHouse) -> None:
    boss, ann = await gate.sign_in("boss", is_admin=True), await gate.sign_in("ann")
    own = {"Origin": f"http://127.0.0.1:{gate.port}"}
    strangers = {Who.KNOWN: 401, Who.ADMIN: 401}
    members = {Who.ADMIN: 403}
    for headers, refused in (
        ({}, strangers),
        ({"X-API-Key": "sl_junk"}, strangers),
        ({"X-API-Key": await gate.key("app")}, members),
        (ann.cookie | own | {"X-CSRF-Token": ann.csrf}, members),
        ({"Authorization": f"Bearer {ann.token}"}, members),
        ({"X-API-Key": await gate.admin_key()}, {}),
        (boss.cookie | own | {"X-CSRF-Token": boss.csrf}, {}),
        ({"Authorization": f"Bearer {boss.token}"}, {}),
    ):
        assert outside_live(await ask_live(gate, headers), refused) == {}, headers


async def test_no_unsafe_live_route_answers_to_a_cookie_without_our_token_and_origin(gate: GateHouse) -> None:
    boss = await gate.sign_in("boss", is_admin=True)
    own = {"Origin": f"http://127.0.0.1:{gate.port}"}
    for shown in (own, {"X-CSRF-Token": boss.csrf}, {"X-CSRF-Token": boss.csrf, "Origin": "http://evil.test"}):
        statuses = await ask_live(gate, boss.cookie | shown)
        assert {line for line in UNSAFE if line in LIVE and statuses[line] != 403} == set()
