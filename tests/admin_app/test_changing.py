"""Keys and allow-list rules are changed by JSON and by the pages; what is not named stays."""

from typing import Any

from tests.admin_app.house import Browser

KEY = {"name": "app", "priority": 5, "scopes": ["infer"], "models": ["a"], "max_waiting": 3, "note": "shelf"}


def make_key(admin: Browser) -> int:
    return int(admin.post_json("/api/admin/keys", KEY | {"expires_s": 3600}).get_json()["id"])


def make_rule(admin: Browser, **more: Any) -> int:
    wish = {"ip": "10.0.0.0/24", "name": "office", "priority": 5, "note": "shelf"} | more
    return int(admin.post_json("/api/admin/whitelist", wish).get_json()["id"])


def key_form(**more: Any) -> dict[str, Any]:
    """What the form of a key sends, as it stands in the page."""
    form = {"expires_s": "as it is", "priority": "5", "models": "a", "max_waiting": "3", "max_running": ""}
    return form | {"scopes": [",", "infer"], "note": "shelf", "early_json": ""} | more


def test_only_what_is_sent_of_a_key_changes(admin: Browser) -> None:
    number = make_key(admin)
    before = admin.get("/api/admin/keys").get_json()[0]
    changed = admin.send("PATCH", f"/api/admin/keys/{number}", {"priority": 2, "models": None}).get_json()
    assert changed == before | {"priority": 2, "models": None}
    assert admin.send("PATCH", f"/api/admin/keys/{number}", {}).get_json() == changed


def test_an_expiry_counts_from_the_change_and_null_takes_it_away(admin: Browser) -> None:
    number = make_key(admin)
    path = f"/api/admin/keys/{number}"
    first = admin.get("/api/admin/keys").get_json()[0]["expires_at"]
    assert admin.send("PATCH", path, {"expires_s": 7200}).get_json()["expires_at"] == first + 3600
    assert admin.send("PATCH", path, {"expires_s": None}).get_json()["expires_at"] is None


def test_name_and_owner_of_a_key_cannot_be_changed(admin: Browser) -> None:
    answer = admin.send("PATCH", f"/api/admin/keys/{make_key(admin)}", {"name": "other"})
    assert answer.status_code == 400
    assert "no field 'name'" in answer.text


def test_only_what_is_sent_of_a_rule_changes(admin: Browser) -> None:
    path = f"/api/admin/whitelist/{make_rule(admin)}"
    before = admin.get("/api/admin/whitelist").get_json()[0]
    changed = admin.send("PATCH", path, {"name": "lab", "scopes": ["read"], "is_enabled": False}).get_json()
    assert changed == before | {"name": "lab", "scopes": ["read"], "is_enabled": False}


def test_who_is_not_there_cannot_be_changed(admin: Browser) -> None:
    for path in ("/api/admin/keys/99", "/api/admin/whitelist/99"):
        assert admin.send("PATCH", path, {"priority": 1}).status_code == 404


def test_the_audit_log_has_what_was_before_and_after(admin: Browser) -> None:
    admin.send("PATCH", f"/api/admin/keys/{make_key(admin)}", {"priority": 2})
    latest = admin.get("/api/admin/audit").get_json()[0]
    assert (latest["before"]["priority"], latest["after"]["priority"]) == (5, 2)


def test_the_form_of_a_key_sent_as_it_stands_changes_nothing(admin: Browser) -> None:
    number = make_key(admin)
    before = admin.get("/api/admin/keys").get_json()[0]
    assert admin.post_form(f"/admin/keys/{number}/change", key_form()).status_code == 303
    assert admin.get("/api/admin/keys").get_json()[0] == before


def test_an_emptied_field_of_the_form_goes_back_to_the_general_rule(admin: Browser) -> None:
    number = make_key(admin)
    wish = key_form(priority="", models="", max_waiting="", expires_s="", early_json=["", "yes"])
    admin.post_form(f"/admin/keys/{number}/change", wish)
    found = admin.get("/api/admin/keys").get_json()[0]
    assert [found[name] for name in ("priority", "models", "max_waiting", "expires_at")] == [None] * 4
    assert found["early_json"] is True


def test_a_form_with_no_scope_ticked_is_refused_with_a_sentence(admin: Browser) -> None:
    number = make_key(admin)
    answer = admin.post_form(f"/admin/keys/{number}/change", key_form(scopes=","))
    assert answer.status_code == 400
    assert "scopes is empty" in answer.text
    assert admin.get("/api/admin/keys").get_json()[0]["scopes"] == ["infer"]


def test_a_rule_has_a_page_that_changes_it(admin: Browser) -> None:
    number = make_rule(admin)
    page = admin.get(f"/admin/addresses/{number}").text
    assert "Address 10.0.0.0/24" in page
    wish = {"name": "lab", "priority": "", "max_waiting": "2", "max_running": "", "note": "", "early_json": ""}
    answer = admin.post_form(f"/admin/addresses/{number}/change", wish | {"scopes": [",", "infer", "read"]})
    assert answer.status_code == 303
    found = admin.get("/api/admin/whitelist").get_json()[0]
    assert (found["name"], found["priority"], found["max_waiting"], found["note"]) == ("lab", None, 2, "")


def test_everybody_is_let_in_by_the_page_only_where_that_is_said(admin: Browser) -> None:
    wish = {"ip": "0.0.0.0/0", "scopes": [",", "infer"]}
    assert "would let everybody in" in admin.post_form("/admin/addresses", wish).text
    assert admin.post_form("/admin/addresses", wish | {"anyone": "yes"}).status_code == 303
