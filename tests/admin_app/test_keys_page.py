"""API keys on their pages: made, looked at, rotated, revoked, without a script."""

import re
from dataclasses import replace
from typing import Any

import pytest

from addon.store.journal import Used, write
from addon.store.models import LiveSetting
from tests.admin_app.house import NOON, Browser, House
from tests.admin_app.reading import Page
from tests.admin_app.test_stats import finished
from tests.changing import changing_rules

JSON = "/api/admin/keys"


def shown_key(admin: Browser, path: str = "/admin/keys") -> str:
    found = re.search(r'id="new-key">([^<]+)<', admin.get(path).text)
    assert found is not None
    return found[1]


def test_a_fresh_key_comes_with_examples_for_curl_python_and_cline(admin: Browser) -> None:
    admin.post_form("/admin/keys", {"name": "ci"})
    page = Page(admin.get("/admin/keys"))
    for example in ("/api/tags", "from openai import OpenAI", "from ollama import Client", "OpenAI Compatible"):
        assert example in page.text
    assert page.text.count("sl_") >= 5
    assert {button["data-copies"] for button in page.all("button", type="button")} >= {"new-key", "new-key-curl"}


@pytest.mark.parametrize(("model", "named"), [("gemma3:4b", "gemma3:4b"), ("'; reboot #", "MODEL")])
def test_the_examples_name_the_model_asked_last_unless_a_shell_could_mistake_it(
    house: House, admin: Browser, model: str, named: str
) -> None:
    with changing_rules(house.context.engine) as session:
        write(session, [replace(finished(NOON), model=model)], [])
    admin.post_form("/admin/keys", {"name": "ci"})
    page = Page(admin.get("/admin/keys")).text
    assert f'"model": "{named}"' in page
    assert ("reboot" in page) is False


def test_the_form_offers_every_priority_with_its_sentence(admin: Browser) -> None:
    page = Page(admin.get("/admin/keys"))
    assert "At most 40 minutes behind coding tools, 30 minutes behind apps" in page.text
    values = {option["value"] for option in page.all("option")}
    assert {str(number) for number in range(10)} <= values


def test_the_sentences_follow_an_aging_rate_that_was_changed_live(house: House, admin: Browser) -> None:
    with changing_rules(house.context.engine) as session:
        session.add(LiveSetting(key="queue.aging_per_minute", value="0.2", changed_at=NOON, changed_by="root"))
    assert "At most 20 minutes behind coding tools, 15 minutes behind apps" in admin.get("/admin/keys").text


def test_a_form_may_say_everything_about_a_key(admin: Browser, person: Browser) -> None:
    fields = {
        "name": "ci",
        "note": "for the build",
        "user_id": "2",
        "priority": "5",
        "scopes": [",", "infer"],
        "models": "gemma, llama3",
        "max_waiting": "4",
        "max_running": "1",
        "expires_s": "604800",
    }
    assert admin.post_form("/admin/keys", fields).status_code == 303
    key: Any = admin.get(JSON).get_json()[0]
    assert (key["owner"], key["note"], key["priority"], key["scopes"]) == ("ann", "for the build", 5, ["infer"])
    assert (key["models"], key["max_waiting"], key["max_running"]) == (["gemma", "llama3"], 4, 1)
    text = Page(admin.get("/admin/keys")).text
    for fact in ("ann", "for the build", "gemma, llama3", "4 waiting, 1 running", "in 7 days"):
        assert fact in text


def test_an_owners_key_may_infer_and_read_only(admin: Browser, person: Browser) -> None:
    answer = admin.post_form("/admin/keys", {"name": "ci", "user_id": "2", "scopes": [",", "manage"]})
    assert (answer.status_code, "may infer and read, no more" in answer.text) == (400, True)
    assert admin.post_json(JSON, {"name": "ci", "user_id": 77}).status_code == 400
    assert admin.get(JSON).json == []


def test_after_an_error_the_form_holds_what_was_typed(admin: Browser) -> None:
    fields = {"name": "a/b", "note": "keep me", "priority": "7", "scopes": [",", "read"], "expires_s": "2592000"}
    page = Page(admin.post_form("/admin/keys", fields))
    assert page.all("input", name="name")[0]["value"] == "a/b"
    assert page.all("input", name="note")[0]["value"] == "keep me"
    chosen = {option["value"] for option in page.all("option") if "selected" in option}
    assert {"7", "2592000"} <= chosen
    assert [box["value"] for box in page.all("input", type="checkbox") if "checked" in box] == ["read"]
    assert "cannot be a name" in page.text


def test_the_list_tells_last_use_with_its_address_and_an_exact_time(house: House, admin: Browser) -> None:
    admin.post_json(JSON, {"name": "ci"})
    with changing_rules(house.context.engine) as session:
        write(session, [], [Used("key:1", NOON - 300, "10.0.0.7")])
    answer = admin.get("/admin/keys")
    assert "5 minutes ago from 10.0.0.7" in Page(answer).text
    assert '<time datetime="2026-08-01T11:55:00+00:00" title="2026-08-01 11:55 UTC">' in answer.text


@pytest.mark.parametrize(("overlap_s", "words"), [("3600", "in 60 minutes"), ("604800", "in 7 days")])
def test_rotating_shows_the_new_text_once_and_until_when_the_old_one_counts(
    admin: Browser, visitor: Browser, overlap_s: str, words: str
) -> None:
    old: Any = admin.post_json(JSON, {"name": "ci", "scopes": ["admin"]}).json
    answer = admin.post_form("/admin/keys/1/rotate", {"overlap_s": overlap_s})
    assert answer.headers["Location"] == "/admin/keys/1#note"
    new = shown_key(admin, "/admin/keys/1")
    assert new != old["key"]
    for text in (old["key"], new):
        assert visitor.get(JSON, X_API_Key=text).status_code == 200
    page = Page(admin.get("/admin/keys/1")).text
    assert new not in page
    assert f"{old['prefix']} , which counts beside it; it ends {words}" in page


def test_a_fresh_key_is_not_used_up_by_another_sites_link_nor_by_another_tab(admin: Browser) -> None:
    admin.post_form("/admin/keys", {"name": "ci"})
    assert admin.get("/admin/keys", Sec_Fetch_Site="cross-site").status_code == 200
    assert admin.get("/admin/invites").status_code == 200
    assert shown_key(admin)


def test_rotating_without_an_overlap_ends_the_old_text_at_once_when_the_name_is_typed(
    admin: Browser, visitor: Browser
) -> None:
    old: Any = admin.post_json(JSON, {"name": "ci", "scopes": ["admin"]}).json
    answer = admin.post_form("/admin/keys/1/rotate", {"overlap_s": "0", "typed": "CI"})
    assert (answer.status_code, "Nothing was done." in answer.text) == (400, True)
    assert admin.post_form("/admin/keys/1/rotate", {"overlap_s": "0"}).status_code == 400
    assert visitor.get(JSON, X_API_Key=old["key"]).status_code == 200
    admin.post_form("/admin/keys/1/rotate", {"overlap_s": "0", "typed": " ci "})
    assert visitor.get(JSON, X_API_Key=old["key"]).status_code == 401
    assert visitor.get(JSON, X_API_Key=shown_key(admin, "/admin/keys/1")).status_code == 200


def test_a_revoked_key_is_neither_rotated_nor_offered_to_be(admin: Browser) -> None:
    admin.post_json(JSON, {"name": "ci"})
    assert 'action="/admin/keys/1/revoke"' in admin.get("/admin/keys/1").text
    assert admin.post_form("/admin/keys/1/revoke", {"typed": "CI"}).status_code == 400
    assert 'action="/admin/keys/1/revoke"' in admin.get("/admin/keys/1").text
    assert admin.post_form("/admin/keys/1/revoke", {"typed": "ci"}).headers["Location"] == "/admin/keys"
    assert "revoked" in Page(admin.get("/admin/keys")).text
    assert 'action="/admin/keys/1/' not in admin.get("/admin/keys/1").text
    answer = admin.post_form("/admin/keys/1/rotate", {"overlap_s": "0", "typed": "ci"})
    assert (answer.status_code, "is revoked" in answer.text) == (400, True)


def test_a_key_whose_owner_is_disabled_says_so(admin: Browser, person: Browser) -> None:
    admin.post_json(JSON, {"name": "ci", "user_id": 2})
    admin.post_form("/admin/users/2/disable")
    assert "owner disabled" in Page(admin.get("/admin/keys")).text
