"""Invites as JSON and by form."""

import re
from typing import Any

import pytest

from tests.admin_app.house import NOON, ORIGIN, PASSWORD, Browser, House

PATH = "/api/admin/tokens"


def test_an_invite_shows_its_token_and_link_once(admin: Browser) -> None:
    answer = admin.post_json(PATH, {"uses": 2, "expires_s": 60, "is_admin": True})
    invite: Any = answer.json
    assert answer.status_code == 201
    assert invite["link"] == f"{ORIGIN}/register#{invite['token']}"
    assert (invite["uses"], invite["expires_at"], invite["is_admin"]) == (2, NOON + 60, True)
    assert invite["token"] not in admin.get(PATH).text


def test_by_default_an_invite_is_for_one_person_and_a_day(admin: Browser) -> None:
    invite: Any = admin.post_json(PATH, {}).json
    assert (invite["uses"], invite["expires_at"], invite["is_admin"]) == (1, NOON + 24 * 3600, False)


def test_a_revoked_invite_registers_nobody(admin: Browser, visitor: Browser) -> None:
    invite: Any = admin.post_json(PATH, {}).json
    assert admin.delete(f"{PATH}/{invite['id']}").status_code == 204
    registered = {"username": "ann", "password": PASSWORD, "token": invite["token"]}
    assert visitor.post_json("/api/auth/register", registered).status_code == 400


def test_the_list_says_what_became_of_each(house: House, admin: Browser, person: Browser) -> None:
    house.invite(lifetime_s=60)
    house.clock.now += 60
    revoked: Any = admin.post_json(PATH, {}).json
    admin.delete(f"{PATH}/{revoked['id']}")
    admin.post_json(PATH, {})
    listed: Any = admin.get(PATH).json
    assert [invite["state"] for invite in listed] == ["open", "revoked", "expired", "used up", "used up"]


@pytest.mark.parametrize(
    "fields",
    [{"uses": 0}, {"uses": "2"}, {"expires_s": 0}, {"expires_s": 1e9}, {"is_admin": "yes"}, {"expires": 60}],
)
def test_wrong_input_is_refused(admin: Browser, fields: dict[str, Any]) -> None:
    assert admin.post_json(PATH, fields).status_code == 400


def test_an_unknown_invite_cannot_be_revoked(admin: Browser) -> None:
    assert admin.delete(f"{PATH}/99").status_code == 404


def test_the_form_shows_the_link_on_the_next_page_only(admin: Browser, visitor: Browser) -> None:
    answer = admin.post_form("/admin/invites", {"uses": "1", "expires_s": "3600"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/admin/invites#note")
    shown = re.search(r'id="new-link">([^<]+)<', admin.get("/admin/invites").text)
    assert shown is not None
    assert 'id="new-link"' not in admin.get("/admin/invites").text
    token = shown[1].removeprefix(f"{ORIGIN}/register#")
    registered = {"username": "bob", "password": PASSWORD, "token": token}
    assert visitor.post_json("/api/auth/register", registered).status_code == 201
    assert visitor.get("/api/auth/session").json == {"username": "bob", "is_admin": False}


def test_a_ticked_box_makes_an_administrators_invite(admin: Browser) -> None:
    admin.post_form("/admin/invites", {"is_admin": "yes"})
    listed: Any = admin.get(PATH).json
    assert listed[0]["is_admin"] is True
