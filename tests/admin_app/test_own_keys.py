"""A person's own API keys, on their account page."""

import re
from typing import Any

import pytest

from addon.store.users import find_user
from tests.admin_app.house import Browser, House
from tests.admin_app.reading import Page
from tests.changing import changing_rules

KEYS = "/account/keys"


def allow(house: House, name: str, *, may_make_keys: bool = True) -> None:
    with changing_rules(house.context.engine) as session:
        user = find_user(session, name)
        assert user is not None
        user.may_make_keys = may_make_keys


@pytest.fixture
def ann(house: House) -> Browser:
    browser = house.joined("ann")
    allow(house, "ann")
    return browser


@pytest.fixture
def root(house: House, ann: Browser) -> Browser:
    return house.joined("root", is_admin=True)


def shown_key(browser: Browser) -> str:
    found = re.search(r'id="new-key">([^<]+)<', browser.get("/account").text)
    assert found is not None
    return found[1]


def made(browser: Browser, name: str = "laptop", **fields: str) -> str:
    answer = browser.post_form(KEYS, {"name": name} | fields)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account#note")
    return shown_key(browser)


def listed(root: Browser) -> Any:
    return root.get("/api/admin/keys").json


def test_a_key_of_ones_own_may_infer_and_read_and_has_its_owner(ann: Browser, root: Browser) -> None:
    made(ann, note="on my desk", expires_s="604800")
    (key,) = listed(root)
    assert (key["owner"], key["scopes"], key["note"]) == ("ann", ["infer", "read"], "on my desk")
    assert (key["priority"], key["models"], key["expires_at"] is None) == (None, None, False)


def test_it_is_shown_once_with_examples(ann: Browser) -> None:
    ann.post_form(KEYS, {"name": "laptop"})
    first, second = Page(ann.get("/account")).text, Page(ann.get("/account")).text
    for example in ("curl", "from openai import OpenAI", "from ollama import Client", "OpenAI Compatible"):
        assert example in first
    assert re.search(r"sl_[\w-]{20,}", first)
    assert not re.search(r"sl_[\w-]{20,}", second)
    assert "laptop" in second


@pytest.mark.parametrize(
    "more", [{"scopes": "admin"}, {"priority": "0"}, {"user_id": "2"}, {"models": "x"}, {"max_running": "9"}]
)
def test_more_than_name_note_and_expiry_cannot_be_asked_for(
    ann: Browser, root: Browser, more: dict[str, str]
) -> None:
    assert ann.post_form(KEYS, {"name": "laptop"} | more).status_code == 400
    assert listed(root) == []


def test_a_taken_name_is_said_whoever_has_it(ann: Browser, root: Browser) -> None:
    root.post_json("/api/admin/keys", {"name": "laptop"})
    answer = ann.post_form(KEYS, {"name": "laptop", "note": "mine"})
    page = Page(answer)
    assert answer.status_code == 409
    assert "A key named 'laptop' exists already. Choose another name." in page.text
    assert page.all("input", name="note")[0]["value"] == "mine"


def test_who_may_not_make_keys_has_no_form_and_no_way_round_it(house: House, root: Browser) -> None:
    bob = house.joined("bob")
    assert 'id="keys"' not in bob.get("/account").text
    answer = bob.post_form(KEYS, {"name": "laptop"})
    assert (answer.status_code, "may not make API keys" in answer.text) == (403, True)
    assert listed(root) == []


def test_whoever_may_make_keys_no_more_can_still_revoke_theirs(house: House, ann: Browser, root: Browser) -> None:
    made(ann)
    allow(house, "ann", may_make_keys=False)
    page = ann.get("/account").text
    assert "/account/keys/1/revoke" in page
    assert 'id="add-key"' not in page
    assert "/account/keys/1/rotate" not in page
    assert ann.post_form(f"{KEYS}/1/rotate", {"overlap_s": "0"}).status_code == 403
    assert ann.post_form(f"{KEYS}/1/revoke", {"typed": "laptop"}).status_code == 303
    assert [key["state"] for key in listed(root)] == ["revoked"]


def test_an_administrator_may_always_make_keys(root: Browser) -> None:
    made(root)
    assert listed(root)[0]["owner"] == "root"


def test_a_rotated_key_counts_beside_the_new_one_for_a_while(ann: Browser, root: Browser) -> None:
    old = made(ann)
    assert ann.post_form(f"{KEYS}/1/rotate", {"overlap_s": "3600"}).status_code == 303
    new = shown_key(ann)
    assert new != old
    (key,) = listed(root)
    assert (key["prefix"] in new, key["previous_prefix"] in old) == (True, True)
    assert key["previous_prefix"] in ann.get("/account").text


def test_a_revoked_key_is_told_and_can_be_changed_no_more(ann: Browser) -> None:
    made(ann)
    assert ann.post_form(f"{KEYS}/1/revoke", {"typed": "laptop"}).headers["Location"] == "/account#keys"
    page = ann.get("/account").text
    assert '<span class="state state-revoked">revoked</span>' in page
    assert "/account/keys/1/" not in page


@pytest.mark.parametrize("verb", ["rotate", "revoke"])
def test_other_peoples_keys_are_not_there(ann: Browser, root: Browser, verb: str) -> None:
    made(root, "roots own")
    root.post_json("/api/admin/keys", {"name": "of the house"})
    for key_id in (1, 2, 3):
        assert ann.post_form(f"{KEYS}/{key_id}/{verb}").status_code == 404
    assert [(key["state"], key["previous_prefix"]) for key in listed(root)] == [("active", None)] * 2
    assert "roots own" not in ann.get("/account").text


def test_twenty_living_keys_are_the_most(ann: Browser) -> None:
    for number in range(20):
        made(ann, f"key-{number}")
    answer = ann.post_form(KEYS, {"name": "one more"})
    assert (answer.status_code, "Revoke one first." in answer.text) == (400, True)
    assert ann.post_form(f"{KEYS}/1/revoke", {"typed": "another"}).status_code == 400
    ann.post_form(f"{KEYS}/1/revoke", {"typed": "key-0"})
    made(ann, "one more")
