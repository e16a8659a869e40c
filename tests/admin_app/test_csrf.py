"""Unsafe requests with a cookie need the session's token and our own Origin."""

import pytest

from addon.core.principal import Scope
from tests.admin_app.house import ORIGIN, Browser, House

RULE = {"ip": "10.0.0.0/24"}


def count(admin: Browser) -> int:
    return len(admin.get("/api/admin/whitelist").get_json())


@pytest.mark.parametrize(
    "origin", ["http://evil.test", "null", "", "http://sluice.test", "http://sluice.test:8001"]
)
def test_the_token_alone_is_not_enough(admin: Browser, origin: str) -> None:
    assert admin.post_json("/api/admin/whitelist", RULE, Origin=origin).status_code == 403
    assert admin.post_form("/admin/addresses", RULE, Origin=origin).status_code == 403
    assert count(admin) == 0


@pytest.mark.parametrize("token", ["", "wrong", "\xff"])
def test_our_own_origin_alone_is_not_enough(admin: Browser, token: str) -> None:
    answer = admin.post_json("/api/admin/whitelist", RULE, X_CSRF_Token=token)
    assert answer.status_code == 403
    assert answer.headers["X-Sluice-Reason"] == "csrf"
    assert admin.post_form("/admin/addresses", RULE | {"csrf_token": token}).status_code == 403
    assert count(admin) == 0


def test_the_token_of_another_session_does_not_count(house: House, admin: Browser, person: Browser) -> None:
    assert admin.post_json("/api/admin/whitelist", RULE, X_CSRF_Token=person.csrf).status_code == 403


def test_a_form_field_counts_in_plain_forms_only(admin: Browser) -> None:
    body = {"csrf_token": admin.csrf} | RULE
    answer = admin.client.post("/api/admin/whitelist", base_url=ORIGIN, json=body, headers={"Origin": ORIGIN})
    assert answer.status_code == 403


def test_a_removal_needs_the_token_too(admin: Browser) -> None:
    admin.post_json("/api/admin/whitelist", RULE)
    answer = admin.client.delete("/api/admin/whitelist/1", base_url=ORIGIN, headers={"Origin": ORIGIN})
    assert answer.status_code == 403
    assert count(admin) == 1


def test_a_request_with_a_key_needs_no_token(house: House, visitor: Browser) -> None:
    key = house.key("script", Scope.ADMIN)
    headers = {"X-API-Key": key}
    answer = visitor.client.post("/api/admin/whitelist", base_url=ORIGIN, json=RULE, headers=headers)
    assert answer.status_code == 201


def test_a_page_renews_a_csrf_cookie_that_a_neighbour_replaced(person: Browser) -> None:
    right = person.csrf
    person.client.set_cookie("sluice_csrf", "a-neighbours", domain="sluice.test")
    person.get("/chat")
    assert person.csrf == right
