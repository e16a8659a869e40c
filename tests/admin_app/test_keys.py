"""API keys as JSON and by form."""

import re
from typing import Any

import pytest

from addon.core.keys import parse_key
from addon.store.journal import Used, write
from addon.store.keys import NewKey, add_key
from tests.admin_app.house import NOON, ORIGIN, Browser, House
from tests.changing import changing_rules

PATH = "/api/admin/keys"


def test_a_key_is_shown_once_with_everything_about_it(admin: Browser) -> None:
    answer = admin.post_json(
        PATH,
        {
            "name": "ci",
            "priority": 4,
            "scopes": ["infer"],
            "models": ["llama3", "gemma"],
            "expires_s": 60,
            "max_waiting": 5,
            "max_running": 1,
        },
    )
    key: Any = answer.json
    assert answer.status_code == 201
    parsed = parse_key(key["key"])
    assert parsed is not None
    assert key["prefix"] == f"sl_{parsed.prefix}"
    assert (key["name"], key["priority"], key["scopes"]) == ("ci", 4, ["infer"])
    assert (key["models"], key["expires_at"]) == (["gemma", "llama3"], NOON + 60)
    assert (key["max_waiting"], key["max_running"], key["state"]) == (5, 1, "active")
    assert key["key"] not in admin.get(PATH).text


def test_a_name_is_enough(admin: Browser) -> None:
    key: Any = admin.post_json(PATH, {"name": "ci"}).json
    assert key["scopes"] == ["infer", "read"]
    assert [key[name] for name in ("priority", "models", "expires_at", "max_waiting")] == [None] * 4


def test_the_page_shows_a_key_that_ends_after_the_calendar(house: House, admin: Browser) -> None:
    with changing_rules(house.context.engine) as session:
        add_key(session, NewKey("long", expires_at=1e15), house.clock())
    assert "after the year 9999" in admin.get("/admin/keys").text


def test_a_form_whose_models_name_none_makes_no_key(admin: Browser) -> None:
    answer = admin.post_form("/admin/keys", {"name": "ci", "models": " , "})
    assert (answer.status_code, admin.get(PATH).json) == (400, [])


def test_a_taken_name_is_a_conflict(admin: Browser) -> None:
    admin.post_json(PATH, {"name": "ci"})
    assert admin.post_json(PATH, {"name": "ci"}).status_code == 409


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"name": "a/b"},
        {"name": "ci", "scopes": []},
        {"name": "ci", "scopes": ["root"]},
        {"name": "ci", "scopes": "infer"},
        {"name": "ci", "models": [7]},
        {"name": "ci", "models": []},
        {"name": "ci", "models": ["", " "]},
        {"name": "ci", "models": ["a,b"]},
        {"name": "ci", "models": ["\ud800"]},
        {"name": "ci", "priority": 11},
        {"name": "ci", "expires": 60},
        {"name": "ci", "expires_s": 0},
        {"name": "ci", "max_running": 0},
    ],
)
def test_wrong_input_is_refused(admin: Browser, fields: dict[str, Any]) -> None:
    answer = admin.post_json(PATH, fields)
    assert answer.status_code == 400
    assert answer.get_json()["error"].endswith(".")
    assert admin.get(PATH).json == []


def test_a_revoked_key_opens_nothing_from_the_next_request_on(admin: Browser, visitor: Browser) -> None:
    key: Any = admin.post_json(PATH, {"name": "ci", "scopes": ["admin"]}).json
    assert visitor.get(PATH, X_API_Key=key["key"]).status_code == 200
    assert admin.delete(f"{PATH}/{key['id']}").status_code == 204
    answer = visitor.get(PATH, X_API_Key=key["key"])
    assert (answer.status_code, answer.headers["X-Sluice-Reason"]) == (401, "key_revoked")


def test_an_expired_key_is_listed_as_such_and_refused(house: House, admin: Browser, visitor: Browser) -> None:
    key: Any = admin.post_json(PATH, {"name": "ci", "scopes": ["admin"], "expires_s": 60}).json
    house.clock.now += 60
    assert visitor.get(PATH, X_API_Key=key["key"]).headers["X-Sluice-Reason"] == "key_expired"
    listed: Any = admin.get(PATH).json
    assert listed[0]["state"] == "expired"


def test_a_key_cannot_be_named_like_another_ones_number(admin: Browser) -> None:
    refused = admin.post_json(PATH, {"name": "2"})
    assert refused.status_code == 400
    assert "taken for an id" in str(refused.json)


def test_an_unknown_key_cannot_be_revoked(admin: Browser) -> None:
    assert admin.delete(f"{PATH}/7").status_code == 404


def test_the_list_tells_when_a_key_was_last_used(house: House, admin: Browser) -> None:
    key: Any = admin.post_json(PATH, {"name": "ci"}).json
    with changing_rules(house.context.engine) as session:
        write(session, [], [Used(f"key:{key['id']}", NOON - 5, "10.0.0.7")])
    listed: Any = admin.get(PATH).json
    assert listed[0]["last_used_at"] == NOON - 5


def test_the_form_shows_the_key_and_a_command_on_the_next_page_only(admin: Browser, person: Browser) -> None:
    fields = {"name": "ci", "priority": "", "scopes": [",", "infer"], "models": "a, b", "expires_s": "604800"}
    answer = admin.post_form("/admin/keys", fields)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/admin/keys#note")
    page = admin.get("/admin/keys").text
    shown = re.search(r'id="new-key">([^<]+)<', page)
    assert shown is not None
    assert f'X-API-Key: {shown[1]}" http://sluice.test:8000/api/tags' in page
    assert shown[1] not in admin.get("/admin/keys").text
    listed: Any = admin.get(PATH).json
    assert (listed[0]["scopes"], listed[0]["models"]) == (["infer"], ["a", "b"])


def test_asking_for_the_headers_alone_does_not_use_up_the_one_showing(admin: Browser) -> None:
    admin.post_form("/admin/keys", {"name": "ci"})
    assert admin.client.head("/admin", base_url=ORIGIN).status_code == 200
    assert 'id="new-key"' in admin.get("/admin/keys").text


def test_a_form_with_no_scope_ticked_makes_no_key(admin: Browser) -> None:
    answer = admin.post_form("/admin/keys", {"name": "ci", "scopes": ","})
    assert answer.status_code == 400
    assert "could do nothing" in answer.text


def test_another_administrator_does_not_see_the_fresh_key(house: House, admin: Browser) -> None:
    other = house.joined("second", is_admin=True)
    admin.post_form("/admin/keys", {"name": "ci"})
    assert 'id="new-key"' not in other.get("/admin/keys").text
    assert 'id="new-key"' in admin.get("/admin/keys").text
