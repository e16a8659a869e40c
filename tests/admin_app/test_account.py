"""One's own account: usage, sessions, password."""

import re
from typing import Any

import pytest

from addon.store.engine import reading
from addon.store.journal import write
from addon.store.keys import NewKey, add_key
from addon.store.models import LoginSession
from addon.store.sessions import live_sessions
from tests.admin_app.house import NOON, PASSWORD, Browser, House
from tests.admin_app.reading import Page
from tests.admin_app.test_stored_markup import CORPUS
from tests.changing import changing_rules
from tests.store.samples import finished

NEW = "a new password of mine"
RIGHT = {"username": "ann", "password": PASSWORD}
DAY_S = 24 * 3600


@pytest.fixture
def ann(house: House) -> Browser:
    return house.joined("ann")


def used(house: House, *rows: dict[str, Any]) -> None:
    general = {"principal_id": "user:1", "arrived_at": NOON}
    with changing_rules(house.context.engine) as session:
        write(session, [finished(**(general | row)) for row in rows], [])


def elsewhere(house: House, **headers: str) -> Browser:
    browser = house.visitor()
    assert browser.post_json("/api/auth/login", RIGHT, **headers).status_code == 200
    return browser


def is_in(browser: Browser) -> bool:
    return browser.get("/api/auth/session").status_code == 200


def ends(browser: Browser) -> list[str]:
    """Where the page's buttons lead that end one session, the newest first."""
    return re.findall(r'action="(/account/sessions/[0-9a-f]+/end)"', browser.get("/account").text)


def rows(browser: Browser, table: str) -> list[str]:
    body = re.search(rf'id="{table}".*?<tbody>(.*?)</tbody>', browser.get("/account").text, re.DOTALL)
    assert body is not None
    return re.findall(r"<tr>.*?</tr>", body[1], re.DOTALL)


def test_usage_is_told_by_day_the_latest_first(house: House, ann: Browser) -> None:
    used(house, {}, {"waited_s": 61.25, "prompt_tokens": 1000}, {"arrived_at": NOON - 3 * DAY_S})
    latest, earlier = (re.findall(r">([^<>\s][^<>]*)<", row) for row in rows(ann, "usage-table"))
    assert latest == ["2026-08-01", "2", "1011", "44", "1.5 s", "61 s"]
    assert earlier[:2] == ["2026-07-29", "1"]


def test_usage_is_drawn_without_styles_or_scripts(house: House, ann: Browser) -> None:
    used(house, {}, {}, {"arrived_at": NOON - DAY_S})
    page = Page(ann.get("/account"))
    assert [bar["height"] for bar in page.all("rect")] == ["0.0"] * 12 + ["40.0", "80.0"]
    assert not any("style" in attributes for _, attributes in page.elements)
    assert page.balanced


def test_ones_own_keys_count_as_ones_own_use_and_nobody_elses(house: House, ann: Browser) -> None:
    with changing_rules(house.context.engine) as session:
        for name, owner in (("mine", 1), ("of nobody", None)):
            add_key(session, NewKey(name, user_id=owner), NOON)
    used(house, {"principal_id": "key:1"}, {"principal_id": "key:2"}, {"principal_id": "user:2"}, {})
    (today,) = rows(ann, "usage-table")
    assert '<td class="number">2</td>' in today


def test_without_any_use_the_page_says_what_is_counted(ann: Browser) -> None:
    assert "Nothing in the last 14 days." in Page(ann.get("/account")).text


def test_every_session_is_told_with_browser_and_address_and_this_one_is_marked(house: House, ann: Browser) -> None:
    house.clock.now += 60
    elsewhere(house, X_Sluice_Address="192.0.2.9", User_Agent="Telescope/1")
    newest, own = rows(ann, "sessions-table")
    assert ("Telescope/1" in newest, "192.0.2.9" in newest, "(this one)" in newest) == (True, True, False)
    assert "(this one)" in own


def test_the_page_does_not_hold_a_sessions_id(house: House, ann: Browser) -> None:
    elsewhere(house)
    with reading(house.context.engine) as session:
        ids = [row.id for row in session.query(LoginSession)]
    assert len(ids) == 4
    assert not any(session_id in ann.get("/account").text for session_id in ids)


def test_one_session_can_be_ended_and_the_others_stay(house: House, ann: Browser) -> None:
    house.clock.now += 60
    other = elsewhere(house)
    newest, _ = ends(ann)
    assert ann.post_form(newest).headers["Location"] == "/account#sessions"
    assert (is_in(other), is_in(ann)) == (False, True)
    assert len(ends(ann)) == 1


def test_ending_the_present_session_signs_out(ann: Browser) -> None:
    (own,) = ends(ann)
    answer = ann.post_form(own)
    assert answer.headers["Location"] == "/login"
    assert ann.client.get_cookie("sluice", "sluice.test") is None
    assert not is_in(ann)


def test_somebody_elses_session_cannot_be_ended(house: House, ann: Browser) -> None:
    bob = house.joined("bob")
    (of_bob,) = ends(bob)
    answer = ann.post_form(of_bob)
    assert (answer.status_code, "There is no such session" in answer.text) == (404, True)
    assert is_in(bob)


def test_signing_out_everywhere_ends_every_session_of_this_person(house: House, ann: Browser) -> None:
    other, bob = elsewhere(house), house.joined("bob")
    answer = ann.post_form("/account/sessions/end")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login")
    assert [is_in(browser) for browser in (ann, other, bob)] == [False, False, True]
    with reading(house.context.engine) as session:
        assert live_sessions(session, 1, house.clock()) == []


def test_a_changed_password_counts_at_once_and_keeps_this_session_alone(house: House, ann: Browser) -> None:
    other = elsewhere(house)
    answer = ann.post_form("/account/password", {"present": PASSWORD, "password": NEW})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account#note")
    assert "Your password is changed" in ann.get("/account").text
    assert (is_in(ann), is_in(other)) == (True, False)
    signing_in = [
        house.visitor().post_json("/api/auth/login", RIGHT | {"password": password}).status_code
        for password in (PASSWORD, NEW)
    ]
    assert signing_in == [401, 200]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"present": "not my password", "password": NEW}, "The present password is not right."),
        ({"present": PASSWORD, "password": "short"}, "A password needs 12 characters or more."),
        ({"present": PASSWORD, "password": "password1234"}, "among the first that anybody would try"),
        ({"password": NEW}, "present is missing."),
        ({"present": PASSWORD}, "password is missing."),
        ({"present": PASSWORD, "password": NEW, "user_id": "2"}, "There is no field"),
    ],
)
def test_a_password_is_not_changed_by_a_wrong_form(ann: Browser, fields: dict[str, str], sentence: str) -> None:
    answer = ann.post_form("/account/password", fields)
    assert (answer.status_code, sentence in Page(answer).text) == (400, True)
    assert not any(text in answer.text for text in (PASSWORD, NEW))
    assert ann.post_json("/api/auth/login", RIGHT).status_code == 200


def test_the_present_password_is_guessed_no_faster_than_at_sign_in(house: House, ann: Browser) -> None:
    wrong = {"present": "not my password", "password": NEW}
    answers = [ann.post_form("/account/password", wrong) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [400] * 5 + [429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    # The same count: who may not guess here may not guess at the door either.
    assert house.visitor().post_json("/api/auth/login", RIGHT).status_code == 429


@pytest.mark.parametrize("text", CORPUS[:9])
def test_a_browsers_name_is_text_on_the_page(house: House, ann: Browser, text: str) -> None:
    elsewhere(house, User_Agent=text)
    page = Page(ann.get("/account"))
    assert text in page.text
    assert page.balanced
    assert [one for one in page.all("script") if not one.get("src")] == []


@pytest.mark.parametrize("what", ["sessions/xyz/end", "keys/1/revoke", f"keys/{10**20}/revoke"])
def test_what_is_not_there_is_a_sentence(ann: Browser, what: str) -> None:
    answer = ann.post_form(f"/account/{what}")
    assert answer.status_code == 404
    assert Page(answer).all("p", id="error") != []


def test_a_stranger_is_sent_to_sign_in(visitor: Browser) -> None:
    assert visitor.get("/account").headers["Location"] == "/login?next=/account"
