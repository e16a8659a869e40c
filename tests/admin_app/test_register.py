"""Registration with an invite."""

import threading
from typing import Any

import pytest

from addon.store.engine import reading
from addon.store.users import list_users
from admin_app.passwords import Passwords
from tests.admin_app.house import PASSWORD, Browser, House
from tests.changing import changing_rules

PATH = "/api/auth/register"


def fields(token: str, **others: Any) -> dict[str, Any]:
    return {"username": "ann", "password": PASSWORD, "token": token} | others


def user_names(house: House) -> list[str]:
    with reading(house.context.engine) as session:
        return [user.name for user in list_users(session)]


def test_an_invite_makes_an_account_that_is_signed_in(house: House, visitor: Browser) -> None:
    answer = visitor.post_json(PATH, fields(house.invite()))
    assert answer.status_code == 201
    assert answer.get_json().keys() == {"access_token", "token_type", "expires_in"}
    assert visitor.get("/api/auth/session").json == {"username": "ann", "is_admin": False}


def test_an_administrators_invite_makes_an_administrator(house: House, visitor: Browser) -> None:
    visitor.post_json(PATH, fields(house.invite(is_admin=True)))
    assert visitor.get("/api/auth/session").json == {
        "username": "ann",
        "is_admin": True,
        "admin_url": "/admin",
    }


def test_the_stored_password_is_not_the_password(house: House, person: Browser) -> None:
    with reading(house.context.engine) as session:
        stored = list_users(session)[0].password_hash
    assert stored.startswith(b"$2b$04$")
    assert PASSWORD.encode() not in stored


def test_a_used_invite_makes_no_second_account(house: House, visitor: Browser) -> None:
    token = house.invite()
    visitor.post_json(PATH, fields(token))
    answer = house.visitor().post_json(PATH, fields(token, username="bob"))
    assert answer.status_code == 400
    assert "not valid any more" in answer.get_json()["error"]
    assert user_names(house) == ["ann"]


def test_an_expired_invite_makes_no_account(house: House, visitor: Browser) -> None:
    token = house.invite(lifetime_s=60)
    house.clock.now += 60
    assert visitor.post_json(PATH, fields(token)).status_code == 400
    assert user_names(house) == []


def test_a_taken_name_is_a_conflict_and_leaves_the_invite_usable(
    house: House, person: Browser, visitor: Browser
) -> None:
    token = house.invite()
    assert visitor.post_json(PATH, fields(token, username="ANN")).status_code == 409
    assert visitor.post_json(PATH, fields(token, username="bob")).status_code == 201


@pytest.mark.parametrize("password", ["", "short", "elevenchars", "x" * 1025])
def test_a_password_of_the_wrong_length_is_refused_with_a_sentence(
    house: House, visitor: Browser, password: str
) -> None:
    answer = visitor.post_json(PATH, fields(house.invite(), password=password))
    assert answer.status_code == 400
    assert "assword" in answer.get_json()["error"]
    assert user_names(house) == []


@pytest.mark.parametrize(
    "others",
    [
        {"username": "<script>"},
        {"username": ""},
        {"username": 7},
        {"username": "\ud800"},
        {"token": None},
        {"token": "x" * 32},
        {"token": ["a"]},
        {"is_admin": True},
    ],
)
def test_odd_fields_are_refused(house: House, visitor: Browser, others: dict[str, Any]) -> None:
    answer = visitor.post_json(PATH, fields(house.invite()) | others)
    assert answer.status_code == 400
    assert answer.get_json()["error"].endswith(".")
    assert user_names(house) == []


def test_two_simultaneous_uses_of_one_invite_make_one_account(house: House) -> None:
    token, ready = house.invite(), threading.Barrier(4)
    statuses: list[int] = []

    def race(name: str) -> None:
        browser = house.visitor()
        ready.wait()
        statuses.append(browser.post_json(PATH, fields(token, username=name)).status_code)

    racers = [threading.Thread(target=race, args=(f"racer{number}",)) for number in range(4)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert sorted(statuses) == [201, 400, 400, 400]
    assert len(user_names(house)) == 1


def test_the_password_is_hashed_before_the_database_is_locked(
    house: House, visitor: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    hash_really = Passwords.hash

    def hash_while_others_write(passwords: Passwords, password: str) -> bytes:
        with changing_rules(house.context.engine):
            return hash_really(passwords, password)

    monkeypatch.setattr(Passwords, "hash", hash_while_others_write)
    assert visitor.post_json(PATH, fields(house.invite())).status_code == 201
