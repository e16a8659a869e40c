"""The allow-list as JSON and by form."""

from typing import Any

import pytest

from tests.admin_app.house import Browser

PATH = "/api/admin/whitelist"


def test_a_rule_is_added_listed_and_removed(admin: Browser) -> None:
    answer = admin.post_json(PATH, {"ip": "10.0.0.0/24", "name": "office", "priority": 0})
    rule: Any = answer.json
    assert answer.status_code == 201
    assert {name: rule[name] for name in ("cidr", "name", "priority")} == {
        "cidr": "10.0.0.0/24",
        "name": "office",
        "priority": 0,
    }
    assert admin.get(PATH).json == [rule]
    assert admin.delete(f"{PATH}/{rule['id']}").status_code == 204
    assert admin.get(PATH).json == []


def test_a_rule_needs_no_name_and_no_priority(admin: Browser) -> None:
    rule: Any = admin.post_json(PATH, {"ip": "::1"}).json
    assert (rule["cidr"], rule["name"], rule["priority"]) == ("::1/128", "", None)


def test_a_rule_may_have_scopes_of_its_own(admin: Browser) -> None:
    rule: Any = admin.post_json(PATH, {"ip": "10.0.0.1", "scopes": ["manage", "read"]}).json
    assert rule["scopes"] == ["manage", "read"]
    assert admin.get(PATH).json == [rule]


@pytest.mark.parametrize("cidr", ["0.0.0.0/0", "::/0"])
def test_everybody_is_let_in_only_where_that_is_said_to_be_meant(admin: Browser, cidr: str) -> None:
    refused: Any = admin.post_json(PATH, {"ip": cidr, "anyone": False})
    assert refused.status_code == 400
    assert "say so" in refused.json["error"]
    rule: Any = admin.post_json(PATH, {"ip": cidr, "anyone": True})
    assert (rule.status_code, rule.json["cidr"], rule.json["scopes"]) == (201, cidr, ["infer", "read"])


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"ip": ""},
        {"ip": 7},
        {"ip": "10.0.0.1/24"},
        {"ip": "0.0.0.0/0"},
        {"ip": "10.0.0.1", "priority": 10},
        {"ip": "10.0.0.1", "priority": -1},
        {"ip": "10.0.0.1", "priority": "1"},
        {"ip": "10.0.0.1", "priority": True},
        {"ip": "10.0.0.1", "priority": 1.5},
        {"ip": "10.0.0.1", "priority": 10**400},
        {"ip": "10.0.0.1", "name": "<b>"},
        {"ip": "10.0.0.1", "cidr": "10.0.0.1"},
        {"ip": "10.0.0.1", "scopes": ["admin"]},
        {"ip": "10.0.0.1", "scopes": []},
        {"ip": "10.0.0.1", "scopes": "infer"},
        {"ip": "10.0.0.1", "scopes": ["everything"]},
        {"ip": "0.0.0.0/0", "anyone": "true"},
        {"ip": "0.0.0.0/0", "anyone": True, "scopes": ["manage"]},
    ],
)
def test_wrong_input_is_refused_with_a_sentence(admin: Browser, fields: dict[str, Any]) -> None:
    answer = admin.post_json(PATH, fields)
    assert answer.status_code == 400
    assert answer.get_json()["error"].endswith(".")
    assert admin.get(PATH).json == []


def test_the_same_network_twice_is_refused(admin: Browser) -> None:
    admin.post_json(PATH, {"ip": "10.0.0.1"})
    assert admin.post_json(PATH, {"ip": "10.0.0.1/32"}).status_code == 400


def test_an_unknown_rule_cannot_be_removed(admin: Browser) -> None:
    assert admin.delete(f"{PATH}/7").status_code == 404


def test_the_form_does_the_same(admin: Browser) -> None:
    answer = admin.post_form("/admin/addresses", {"ip": "10.0.0.7", "name": "", "priority": ""})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/admin/addresses")
    assert "10.0.0.7/32" in admin.get("/admin/addresses").text
    assert admin.post_form("/admin/addresses/1/remove", {"typed": "10.0.0.7/32"}).status_code == 303
    assert "10.0.0.7/32" not in admin.get("/admin/addresses").text


def test_a_form_ticks_its_scopes(admin: Browser) -> None:
    ticked = {"ip": "10.0.0.7", "scopes": [",", "manage"]}
    assert admin.post_form("/admin/addresses", ticked).status_code == 303
    assert [rule["scopes"] for rule in _listed(admin)] == [["manage"]]
    assert admin.post_form("/admin/addresses", {"ip": "10.0.0.8", "scopes": ","}).status_code == 400
    assert admin.post_form("/admin/addresses", {"ip": "0.0.0.0/0"}).status_code == 400
    assert len(_listed(admin)) == 1


def _listed(admin: Browser) -> Any:
    return admin.get(PATH).json


def test_a_wrong_form_shows_the_page_with_a_sentence(admin: Browser) -> None:
    answer = admin.post_form("/admin/addresses", {"ip": "<b>nonsense</b>", "priority": "2"})
    assert answer.status_code == 400
    assert "is not an address or CIDR network" in answer.text
    assert "<b>nonsense" not in answer.text
    assert 'id="allow-list"' in answer.text
