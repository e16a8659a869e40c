"""Accounts on their pages: changed, signed out, reset, deleted; the last administrator stays."""

import re
from dataclasses import replace
from typing import Any

import pytest

from addon.store.journal import Used, write
from tests.admin_app.house import NOON, ORIGIN, Browser, House
from tests.admin_app.reading import Page
from tests.admin_app.test_stats import finished
from tests.changing import changing_rules

PATH = "/admin/users"
ANN = f"{PATH}/2"


def account(admin: Browser, name: str) -> Any:
    listed: Any = admin.get("/api/admin/users").json
    return next((user for user in listed if user["name"] == name), None)


def test_the_list_tells_role_state_use_keys_and_invite(house: House, admin: Browser, person: Browser) -> None:
    admin.post_json("/api/admin/keys", {"name": "ci", "user_id": 2})
    rows = [replace(finished(NOON - 60), principal_id=one) for one in ("user:2", "user:2", "key:1", "key:9")]
    with changing_rules(house.context.engine) as session:
        write(session, [*rows, replace(finished(NOON - 24 * 3600), principal_id="user:2")], [])
        write(session, [], [Used("user:2", NOON + 60, "10.0.0.7")])
    house.clock.now += 120
    ann = account(admin, "ann")
    assert (ann["requests_today"], ann["keys"], ann["invite_id"]) == (3, 1, 2)
    assert (ann["last_seen_at"], ann["last_seen_from"]) == (NOON + 60, "10.0.0.7")
    text = Page(admin.get(PATH)).text
    for fact in ("ann", "active", "administrator", "60 seconds ago from 10.0.0.7"):
        assert fact in text


def test_somebody_who_never_asked_was_last_seen_signing_in(admin: Browser, person: Browser) -> None:
    assert account(admin, "ann")["last_seen_at"] == NOON


def test_a_disabled_account_is_out_at_once_and_in_again_when_enabled(admin: Browser, person: Browser) -> None:
    assert admin.post_form(f"{ANN}/disable").headers["Location"] == ANN
    assert person.get("/api/auth/session").status_code == 401
    assert "disabled" in Page(admin.get(ANN)).text
    admin.post_form(f"{ANN}/enable")
    assert account(admin, "ann")["state"] == "active"


def test_a_promoted_person_administers_after_signing_in_again(admin: Browser, person: Browser) -> None:
    admin.post_form(f"{ANN}/promote")
    assert account(admin, "ann")["is_admin"] is True
    assert person.get("/chat").status_code == 302
    admin.post_form(f"{ANN}/demote")
    assert account(admin, "ann")["is_admin"] is False


@pytest.mark.parametrize("deed", ["disable", "demote", "delete"])
def test_the_last_administrator_stays(admin: Browser, person: Browser, deed: str) -> None:
    answer = admin.post_form(f"{PATH}/1/{deed}", {"typed": "root"} if deed == "delete" else {})
    assert (answer.status_code, "is the last administrator" in answer.text) == (409, True)
    assert account(admin, "root")["is_admin"] is True
    assert admin.get("/admin").status_code == 200


def test_what_a_person_may_do_can_be_changed_and_taken_back(admin: Browser, person: Browser) -> None:
    change = {
        "priority": "7",
        "models": "gemma, llama3",
        "max_waiting": "4",
        "max_running": "1",
        "may_make_keys": ["", "yes"],
    }
    assert admin.post_form(f"{ANN}/change", change).headers["Location"] == ANN
    ann = account(admin, "ann")
    assert (ann["priority"], ann["models"], ann["max_waiting"]) == (7, ["gemma", "llama3"], 4)
    assert (ann["max_running"], ann["may_make_keys"]) == (1, True)
    page = Page(admin.get(ANN))
    assert page.all("input", name="models")[0]["value"] == "gemma, llama3"
    assert "checked" in page.all("input", name="may_make_keys", type="checkbox")[0]
    emptied: dict[str, Any] = dict.fromkeys(change, "")
    admin.post_form(f"{ANN}/change", emptied)
    ann = account(admin, "ann")
    assert [ann[name] for name in ("priority", "models", "max_waiting", "max_running")] == [None] * 4
    assert ann["may_make_keys"] is False


def test_a_change_leaves_alone_what_was_not_sent(admin: Browser, person: Browser) -> None:
    admin.post_form(f"{ANN}/change", {"priority": "7", "max_running": "2"})
    admin.post_form(f"{ANN}/change", {"max_running": "3"})
    assert (account(admin, "ann")["priority"], account(admin, "ann")["max_running"]) == (7, 3)


def test_a_change_that_cannot_be_made_is_said_on_the_persons_page(admin: Browser, person: Browser) -> None:
    answer = admin.post_form(f"{ANN}/change", {"priority": "5", "max_running": "0"})
    page = Page(answer)
    assert (answer.status_code, "max_running must be" in page.text) == (400, True)
    assert page.all("form", id="change-user")
    assert account(admin, "ann")["priority"] is None


def test_a_reset_shows_a_one_time_link_and_keeps_the_sessions(admin: Browser, person: Browser) -> None:
    assert admin.post_form(f"{ANN}/reset-password").headers["Location"] == f"{ANN}#note"
    shown = re.search(r'id="new-link">([^<]+)<', admin.get(ANN).text)
    assert shown is not None
    assert re.fullmatch(re.escape(f"{ORIGIN}/reset#") + r"[A-Za-z0-9_-]{32}", shown[1])
    assert shown[1] not in admin.get(ANN).text
    assert person.get("/chat").status_code == 200


def test_signing_out_everywhere_ends_every_session(house: House, admin: Browser, person: Browser) -> None:
    assert admin.post_form(f"{ANN}/sign-out").status_code == 303
    assert person.get("/chat").status_code == 302
    assert "All sessions have ended." in admin.get(ANN).text


def test_an_account_goes_only_when_its_name_is_typed(admin: Browser, person: Browser) -> None:
    for typed in ({}, {"typed": ""}, {"typed": "Ann"}, {"typed": "root"}):
        assert admin.post_form(f"{ANN}/delete", typed).status_code == 400
    assert account(admin, "ann") is not None
    assert admin.post_form(f"{ANN}/delete", {"typed": "ann"}).headers["Location"] == f"{PATH}#note"
    assert "The account ann is gone" in admin.get(PATH).text
    assert account(admin, "ann") is None
    assert person.get("/chat").status_code == 302


def test_a_name_that_looks_like_an_id_is_not_taken_for_one(house: House, admin: Browser, person: Browser) -> None:
    named_like_root = house.joined("1")
    admin.post_form(f"{PATH}/1/sign-out")
    assert (admin.get("/admin").status_code, named_like_root.get("/chat").status_code) == (302, 200)


def test_an_unknown_account_cannot_be_changed(admin: Browser) -> None:
    for deed in ("disable", "enable", "promote", "demote", "change", "reset-password", "sign-out", "delete"):
        answer = admin.post_form(f"{PATH}/77/{deed}")
        assert (answer.status_code, "There is no account 77." in answer.text) == (404, True)
