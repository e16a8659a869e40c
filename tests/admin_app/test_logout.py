"""Sign-out."""

from typing import Any

from tests.admin_app.house import PASSWORD, Browser, House


def test_the_account_page_signs_out(person: Browser) -> None:
    assert "ann" in person.get("/account").text
    answer = person.post_form("/logout")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login")
    assert person.client.get_cookie("sluice", "sluice.test") is None
    assert person.get("/api/auth/session").status_code == 401


def test_signing_out_ends_the_session_and_not_only_the_cookie(house: House, person: Browser) -> None:
    cookie = person.client.get_cookie("sluice", "sluice.test")
    assert cookie is not None
    person.post_form("/logout")
    thief = house.visitor()
    thief.client.set_cookie("sluice", cookie.value, domain="sluice.test")
    assert thief.get("/api/auth/session").status_code == 401


def test_a_script_signs_out(person: Browser) -> None:
    assert person.post_json("/api/auth/logout", None).status_code == 204
    assert person.get("/api/auth/session").status_code == 401


def test_a_program_ends_its_own_token(house: House, person: Browser) -> None:
    program = house.visitor()
    said: Any = program.post_json("/api/auth/login", {"username": "ann", "password": PASSWORD}).json
    bearer = {"Authorization": f"Bearer {said['access_token']}"}
    program = house.visitor()
    assert program.post_json("/api/auth/logout", None, **bearer).status_code == 204
    assert program.get("/api/auth/session", **bearer).status_code == 401


def test_other_sessions_of_the_same_person_go_on(house: House, person: Browser) -> None:
    other = house.visitor()
    other.post_json("/api/auth/login", {"username": "ann", "password": PASSWORD})
    person.post_form("/logout")
    assert other.get("/api/auth/session").status_code == 200


def test_a_link_cannot_sign_anybody_out(person: Browser) -> None:
    assert person.get("/logout").status_code == 405
    assert person.get("/api/auth/session").status_code == 200
