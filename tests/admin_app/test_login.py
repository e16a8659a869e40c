"""Sign-in."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from addon.store.users import find_user
from tests.admin_app.house import HOST, ORIGIN, PASSWORD, Browser, House, open_house
from tests.changing import changing_rules

PATH = "/api/auth/login"
RIGHT = {"username": "ann", "password": PASSWORD}


def cookies_of(answer: TestResponse) -> dict[str, str]:
    return {line.partition("=")[0]: line for line in answer.headers.getlist("Set-Cookie")}


def test_the_right_password_signs_in(person: Browser, visitor: Browser) -> None:
    answer = visitor.post_json(PATH, RIGHT)
    assert answer.status_code == 200
    assert visitor.get("/api/auth/session").json == {"username": "ann", "is_admin": False}


def test_the_access_token_works_alone_for_an_hour(house: House, person: Browser, visitor: Browser) -> None:
    document: Any = visitor.post_json(PATH, RIGHT).json
    assert (document["token_type"], document["expires_in"]) == ("bearer", 3600)
    bearer = f"Bearer {document['access_token']}"
    program = house.visitor()
    assert program.get("/api/auth/session", Authorization=bearer).status_code == 200
    house.clock.now += 3600
    answer = program.get("/api/auth/session", Authorization=bearer)
    assert answer.status_code == 401
    assert answer.headers["X-Sluice-Reason"] == "session_ended"


def test_the_browsers_session_lasts_seven_days(house: House, person: Browser) -> None:
    house.clock.now += 7 * 24 * 3600 - 1
    assert person.get("/api/auth/session").status_code == 200
    house.clock.now += 1
    assert person.get("/api/auth/session").status_code == 401


def test_an_administrators_session_lasts_eight_hours_as_does_its_cookie(house: House) -> None:
    root = house.joined("root", is_admin=True)
    answer = root.post_json(PATH, RIGHT | {"username": "root"})
    assert all("Max-Age=28800" in cookie for cookie in cookies_of(answer).values())
    root.client.delete_cookie("sluice_csrf", domain=HOST.partition(":")[0])
    assert "Max-Age=28800" in cookies_of(root.get("/admin"))["sluice_csrf"]
    house.clock.now += 8 * 3600 - 1
    assert root.get("/api/auth/session").status_code == 200
    house.clock.now += 1
    assert root.get("/api/auth/session").status_code == 401


def test_the_session_cookie_is_out_of_reach_of_scripts(person: Browser, visitor: Browser) -> None:
    cookies = cookies_of(visitor.post_json(PATH, RIGHT))
    assert cookies.keys() == {"sluice", "sluice_csrf"}
    assert "HttpOnly" in cookies["sluice"]
    assert "SameSite=Lax" in cookies["sluice"]
    assert "Secure" not in cookies["sluice"]
    assert "HttpOnly" not in cookies["sluice_csrf"]
    assert "SameSite=Strict" in cookies["sluice_csrf"]
    assert all("Path=/" in cookie and "Max-Age=604800" in cookie for cookie in cookies.values())


def test_with_https_the_cookies_are_secure_and_bound_to_the_host(tmp_path: Any, template_database: Any) -> None:
    house = open_house(tmp_path, template_database, {"SLUICE_GATE__PUBLIC_URL": "https://sluice.test"})
    house.joined("ann")
    cookies = cookies_of(house.visitor().post_json(PATH, RIGHT))
    assert cookies.keys() == {"__Host-sluice", "sluice_csrf"}
    assert all("Secure" in cookie and "Domain" not in cookie for cookie in cookies.values())


def test_wrong_password_unknown_name_and_disabled_account_look_the_same(
    house: House, person: Browser, visitor: Browser
) -> None:
    house.joined("gone")
    with changing_rules(house.context.engine) as session:
        gone = find_user(session, "gone")
        assert gone is not None
        gone.disabled_at = house.clock()
    answers = [
        visitor.post_json(PATH, {"username": name, "password": password})
        for name, password in (("ann", "wrong" * 3), ("nobody", PASSWORD), ("gone", PASSWORD), ("ann", "x" * 9000))
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1
    assert {answer.headers["X-Sluice-Reason"] for answer in answers} == {"bad_credential"}
    assert not any(cookies_of(answer) for answer in answers)


@pytest.mark.parametrize("change", [{"disabled_at": 1.0}, {"password_hash": b"another"}])
def test_an_account_that_changes_while_its_password_is_checked_signs_nobody_in(
    house: House, person: Browser, visitor: Browser, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any]
) -> None:
    def is_right(*_: object) -> bool:
        with changing_rules(house.context.engine) as session:
            user = find_user(session, "ann")
            assert user is not None
            for name, value in change.items():
                setattr(user, name, value)
        return True

    monkeypatch.setattr("admin_app.passwords.Passwords.is_right", is_right)
    assert visitor.post_json(PATH, RIGHT).status_code == 401


def test_signing_in_again_makes_a_new_session_and_ends_the_old_one(house: House, person: Browser) -> None:
    old = person.client.get_cookie("sluice", "sluice.test")
    assert old is not None
    assert person.post_json(PATH, RIGHT).status_code == 200
    new = person.client.get_cookie("sluice", "sluice.test")
    assert new is not None
    assert new.value != old.value
    thief = house.visitor()
    thief.client.set_cookie("sluice", old.value, domain="sluice.test")
    assert thief.get("/api/auth/session").status_code == 401


@pytest.mark.parametrize("body", [[], "text", 7, {}, {"username": "ann"}, {"username": "ann", "password": 5}])
def test_odd_bodies_are_refused_with_a_sentence(visitor: Browser, body: Any) -> None:
    answer = visitor.post_json(PATH, body)
    assert answer.status_code == 400
    assert answer.get_json()["error"].endswith(".")


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 60_000, b'{"username": ' + b"9" * 5000 + b"}"])
def test_bodies_that_are_not_json_are_refused(visitor: Browser, body: bytes) -> None:
    headers = {"Content-Type": "application/json", "Origin": ORIGIN}
    answer = visitor.client.post(PATH, base_url=ORIGIN, data=body, headers=headers)
    assert answer.status_code == 400


def test_a_body_above_the_limit_is_refused(visitor: Browser) -> None:
    answer = visitor.post_json(PATH, {"username": "ann", "password": "x" * 70_000})
    assert answer.status_code == 413
    assert answer.headers["X-Sluice-Reason"] == "body_too_large"


def test_a_program_without_origin_may_sign_in(person: Browser, visitor: Browser) -> None:
    assert visitor.client.post(PATH, base_url=ORIGIN, json=RIGHT).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.test"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
def test_a_foreign_page_signs_nobody_in(person: Browser, visitor: Browser, headers: dict[str, str]) -> None:
    answer = visitor.post_json(PATH, RIGHT, **headers)
    assert answer.status_code == 403
    assert not cookies_of(answer)


def test_a_plain_form_signs_nobody_in(person: Browser, visitor: Browser) -> None:
    assert visitor.post_form(PATH, RIGHT).status_code == 415
