"""The authorization matrix: every route of the app is in it, and every kind of visitor is tried on every route."""

import re
from collections.abc import Callable

from addon.core.principal import Scope
from admin_app.rules import Rule, rule_of
from tests.admin_app.house import Browser, House

MATRIX = {
    "GET /static/<path:name>": Rule.ANYONE,
    "GET /static/chat/<path:name>": Rule.ANYONE,
    "GET /favicon.ico": Rule.ANYONE,
    "GET /": Rule.ANYONE,
    "GET /setup": Rule.ANYONE,
    "GET /register": Rule.ANYONE,
    "GET /login": Rule.ANYONE,
    "POST /api/auth/register": Rule.ANYONE,
    "POST /api/auth/login": Rule.ANYONE,
    "POST /api/auth/logout": Rule.SIGNED_IN_JSON,
    "GET /api/auth/session": Rule.SIGNED_IN_JSON,
    "GET /api/conversations": Rule.SIGNED_IN_JSON,
    "GET /api/conversations/search": Rule.SIGNED_IN_JSON,
    "GET /api/conversations/export": Rule.SIGNED_IN_JSON,
    "POST /api/conversations/import": Rule.SIGNED_IN_JSON,
    "GET /api/conversations/<conversation_id>": Rule.SIGNED_IN_JSON,
    "PUT /api/conversations/<conversation_id>": Rule.SIGNED_IN_JSON,
    "DELETE /api/conversations/<conversation_id>": Rule.SIGNED_IN_JSON,
    "POST /api/conversations/<conversation_id>/restore": Rule.SIGNED_IN_JSON,
    "PUT /api/conversations/<conversation_id>/messages/<message_id>": Rule.SIGNED_IN_JSON,
    "POST /api/conversations/<conversation_id>/messages/<message_id>/append": Rule.SIGNED_IN_JSON,
    "GET /account": Rule.SIGNED_IN_PAGE,
    "POST /logout": Rule.SIGNED_IN_PAGE,
    "GET /chat": Rule.SIGNED_IN_PAGE,
    "GET /admin": Rule.ADMIN_PAGE,
    "POST /admin/allow-list": Rule.ADMIN_PAGE,
    "POST /admin/allow-list/<int:rule_id>/remove": Rule.ADMIN_PAGE,
    "POST /admin/invites": Rule.ADMIN_PAGE,
    "POST /admin/invites/<int:invite_id>/revoke": Rule.ADMIN_PAGE,
    "POST /admin/keys": Rule.ADMIN_PAGE,
    "POST /admin/keys/<int:key_id>/revoke": Rule.ADMIN_PAGE,
    "GET /api/admin/whitelist": Rule.ADMIN_JSON,
    "POST /api/admin/whitelist": Rule.ADMIN_JSON,
    "DELETE /api/admin/whitelist/<int:rule_id>": Rule.ADMIN_JSON,
    "GET /api/admin/tokens": Rule.ADMIN_JSON,
    "POST /api/admin/tokens": Rule.ADMIN_JSON,
    "DELETE /api/admin/tokens/<int:invite_id>": Rule.ADMIN_JSON,
    "GET /api/admin/keys": Rule.ADMIN_JSON,
    "POST /api/admin/keys": Rule.ADMIN_JSON,
    "DELETE /api/admin/keys/<int:key_id>": Rule.ADMIN_JSON,
    "GET /api/admin/users": Rule.ADMIN_JSON,
    "GET /api/admin/stats": Rule.ADMIN_JSON,
}
_PARAMETER = re.compile(r"<[^>]+>")
PAGES = {Rule.SIGNED_IN_PAGE, Rule.ADMIN_PAGE}
ADMINS = {Rule.ADMIN_PAGE, Rule.ADMIN_JSON}
CLOSED = [line for line, rule in MATRIX.items() if rule is not Rule.ANYONE]
LET_IN = {200, 201, 204, 303, 400, 404}
"""What a view itself may answer to a request without fields, for an id that is not there."""


def ask(browser: Browser, line: str, **headers: str) -> int:
    method, _, pattern = line.partition(" ")
    path = _PARAMETER.sub("9", pattern)
    if method == "GET":
        return browser.get(path, **headers).status_code
    if method == "DELETE":
        return browser.delete(path, **headers).status_code
    if method == "PUT":
        return browser.put(path, {}, **headers).status_code
    if path.startswith("/api/"):
        return browser.post_json(path, {}, **headers).status_code
    return browser.post_form(path, {}, **headers).status_code


def outside(statuses: dict[str, int], allowed: Callable[[Rule], set[int]]) -> dict[str, int]:
    """The answers that are not what the rule of their route says."""
    return {line: status for line, status in statuses.items() if status not in allowed(MATRIX[line])}


def test_every_route_is_in_the_matrix_with_its_rule(house: House) -> None:
    stated = {
        f"{method} {rule.rule}": rule_of(house.app.view_functions[rule.endpoint])
        for rule in house.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD"}
    }
    assert stated == MATRIX


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
