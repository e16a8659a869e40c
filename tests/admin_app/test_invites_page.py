"""Invites on their page: what they carry, their link as text and picture, who came."""

import re
from typing import Any

import pytest

from tests.admin_app.house import ORIGIN, PASSWORD, Browser, House
from tests.admin_app.reading import Page

JSON = "/api/admin/tokens"
CARRIED = {
    "uses": "2",
    "expires_s": "604800",
    "note": "for Ann",
    "priority": "5",
    "models": "gemma, llama3",
    "max_waiting": "4",
    "max_running": "1",
    "may_make_keys": "yes",
}


def fresh_link(admin: Browser) -> str:
    found = re.search(r'id="new-link">([^<]+)<', admin.get("/admin/invites").text)
    assert found is not None
    return found[1]


def test_the_link_is_shown_once_with_a_button_and_a_picture(admin: Browser) -> None:
    admin.post_form("/admin/invites", {})
    answer = admin.get("/admin/invites")
    page = Page(answer)
    assert page.all("button", **{"data-copies": "new-link"})
    assert len(page.all("svg")) == 1
    assert "QR code" in page.text
    again = Page(admin.get("/admin/invites"))
    assert (again.all("svg"), "/register#" in again.text) == ([], False)


def test_what_an_invite_carries_arrives_at_who_comes_by_it(admin: Browser, visitor: Browser) -> None:
    admin.post_form("/admin/invites", CARRIED)
    token = fresh_link(admin).removeprefix(f"{ORIGIN}/register#")
    joining = {"username": "bob", "password": PASSWORD, "token": token}
    assert visitor.post_json("/api/auth/register", joining).status_code == 201
    user: Any = admin.get("/api/admin/users").get_json()[-1]
    assert (user["priority"], user["models"], user["max_waiting"]) == (5, ["gemma", "llama3"], 4)
    assert (user["max_running"], user["may_make_keys"], user["is_admin"]) == (1, True, False)


def test_the_list_says_what_each_carries_and_who_came_by_it(
    house: House, admin: Browser, visitor: Browser
) -> None:
    admin.post_form("/admin/invites", CARRIED)
    token = fresh_link(admin).removeprefix(f"{ORIGIN}/register#")
    visitor.post_json("/api/auth/register", {"username": "bob", "password": PASSWORD, "token": token})
    text = Page(admin.get("/admin/invites")).text
    for fact in ("for Ann", "gemma, llama3", "4 waiting, 1 running", "1 of 2", "bob", "in 7 days", "open"):
        assert fact in text


def test_a_deleted_account_is_still_counted_among_those_who_came(
    house: House, admin: Browser, visitor: Browser
) -> None:
    admin.post_form("/admin/invites", CARRIED)
    token = fresh_link(admin).removeprefix(f"{ORIGIN}/register#")
    for name in ("bob", "eve"):
        house.visitor().post_json("/api/auth/register", {"username": name, "password": PASSWORD, "token": token})
    assert "2 of 2: bob, eve" in Page(admin.get("/admin/invites")).text
    admin.post_form("/admin/users/3/delete", {"typed": "eve"})
    assert "2 of 2: bob (and 1 deleted account)" in Page(admin.get("/admin/invites")).text
    admin.post_form("/admin/users/2/delete", {"typed": "bob"})
    assert "2 of 2: 2 deleted accounts" in Page(admin.get("/admin/invites")).text


def test_an_open_invite_can_be_revoked_and_a_revoked_one_not_again(admin: Browser) -> None:
    admin.post_form("/admin/invites", {})
    assert 'action="/admin/invites/2/revoke"' in admin.get("/admin/invites").text
    assert admin.post_form("/admin/invites/2/revoke", {"typed": "1"}).status_code == 400
    assert admin.post_form("/admin/invites/2/revoke", {"typed": "2"}).headers["Location"] == "/admin/invites"
    assert 'action="/admin/invites/2/revoke"' not in admin.get("/admin/invites").text


@pytest.mark.parametrize(
    "fields",
    [
        {"uses": "0"},
        {"priority": "10"},
        {"models": " , "},
        {"max_running": "0"},
        {"note": "x" * 201},
        {"may": "yes"},
    ],
)
def test_wrong_input_is_said_and_makes_no_invite(admin: Browser, fields: dict[str, str]) -> None:
    answer = admin.post_form("/admin/invites", fields)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert len(admin.get(JSON).get_json()) == 1
