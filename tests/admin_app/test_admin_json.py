"""What administrators' scripts do beside listing, making and removing."""

from typing import Any

import pytest

from addon.core.keys import parse_key
from tests.admin_app.house import PASSWORD, Browser, House


def sent(browser: Browser, method: str, path: str, document: Any = None) -> Any:
    answer = browser.send(method, f"/api/admin/{path}", document)
    assert answer.status_code in (200, 201), answer.text
    return answer.json


def refused(browser: Browser, method: str, path: str, document: Any = None) -> tuple[int, str]:
    answer = browser.send(method, f"/api/admin/{path}", document)
    assert answer.json is not None
    return answer.status_code, answer.json["error"]


def test_a_rule_can_rest_and_count_again(admin: Browser) -> None:
    sent(admin, "POST", "whitelist", {"ip": "10.0.0.0/24"})
    assert sent(admin, "PATCH", "whitelist/1", {"is_enabled": False})["is_enabled"] is False
    assert sent(admin, "POST", "whitelist/test", {"address": "10.0.0.7"})["rule"] is None
    assert sent(admin, "PATCH", "whitelist/1", {"is_enabled": True})["is_enabled"] is True
    assert sent(admin, "POST", "whitelist/test", {"address": "10.0.0.7"})["rule"]["id"] == 1
    assert refused(admin, "PATCH", "whitelist/1", {"ip": "10.0.0.1"})[0] == 400
    assert refused(admin, "PATCH", "whitelist/9", {"is_enabled": True})[0] == 404


def test_a_list_is_imported_whole_or_not_at_all(admin: Browser) -> None:
    status, sentence = refused(admin, "POST", "whitelist/import", {"list": "10.0.0.1 one\nnonsense"})
    assert (status, "ine 2" in sentence, sent(admin, "GET", "whitelist")) == (400, True, [])
    rules = sent(admin, "POST", "whitelist/import", {"list": "10.0.0.1 one\n# remark\n10.1.0.0/16"})
    assert [(rule["cidr"], rule["name"]) for rule in rules] == [("10.0.0.1/32", "one"), ("10.1.0.0/16", "")]


def test_a_rotated_key_has_a_new_text_and_says_until_when_the_earlier_one_counts(admin: Browser) -> None:
    made = sent(admin, "POST", "keys", {"name": "ci"})
    rotated = sent(admin, "POST", "keys/1/rotate", {"overlap_s": 60})
    assert parse_key(rotated["key"]) is not None
    assert rotated["key"] != made["key"]
    assert rotated["previous_expires_at"] == made["created_at"] + 60
    day = sent(admin, "POST", "keys/1/rotate")
    assert day["previous_expires_at"] == made["created_at"] + 24 * 3600
    assert refused(admin, "POST", "keys/9/rotate", {})[0] == 404
    assert refused(admin, "POST", "keys/1/rotate", {"overlap_s": -1})[0] == 400


def test_an_account_changes_as_a_whole_or_not_at_all(house: House, admin: Browser) -> None:
    house.joined("ann")
    changed = sent(admin, "PATCH", "users/2", {"is_admin": True, "priority": 4, "models": ["gemma3"]})
    assert (changed["is_admin"], changed["priority"], changed["models"]) == (True, 4, ["gemma3"])
    assert refused(admin, "PATCH", "users/2", {"disabled": True, "priority": 10})[0] == 400
    assert sent(admin, "GET", "users")[1]["state"] == "active"
    assert sent(admin, "PATCH", "users/2", {"priority": None})["priority"] is None
    assert refused(admin, "PATCH", "users/9", {})[0] == 404


@pytest.mark.parametrize(
    ("method", "document"), [("PATCH", {"disabled": True}), ("PATCH", {"is_admin": False}), ("DELETE", None)]
)
def test_the_last_administrator_stays(admin: Browser, method: str, document: Any) -> None:
    status, sentence = refused(admin, method, "users/1", document)
    assert (status, "last administrator" in sentence) == (409, True)


def test_signing_somebody_out_says_how_many_sessions_ended(house: House, admin: Browser) -> None:
    ann = house.joined("ann")
    assert sent(admin, "POST", "users/2/sign-out") == {"ended": 2}
    assert ann.get("/api/auth/session").status_code == 401


def test_a_reset_link_is_told_once_with_its_end(house: House, admin: Browser) -> None:
    house.joined("ann")
    link = sent(admin, "POST", "users/2/reset-password")
    assert link["link"] == f"{house.context.settings.gate.public_url}/reset#{link['token']}"
    assert link["expires_at"] == house.clock() + 24 * 3600
    assert link["token"] not in admin.get("/api/admin/audit").text


def test_a_deleted_account_is_gone(house: House, admin: Browser) -> None:
    ann = house.joined("ann")
    assert admin.send("DELETE", "/api/admin/users/2").status_code == 204
    assert ann.get("/api/auth/session").status_code == 401
    assert ann.post_json("/api/auth/login", {"username": "ann", "password": PASSWORD}).status_code == 401
    assert refused(admin, "DELETE", "users/2")[0] == 404
