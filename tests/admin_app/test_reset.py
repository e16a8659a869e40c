"""Choosing a new password with a one-time link."""

import pytest

from addon.store.resets import RESET_LIFETIME_S, add_reset
from addon.store.users import get_user
from tests.admin_app.house import PASSWORD, Browser, House
from tests.changing import changing_rules

NEW = "a new password of mine"


@pytest.fixture
def ann(house: House) -> Browser:
    return house.joined("ann")


def link(house: House) -> str:
    with changing_rules(house.context.engine) as session:
        return add_reset(session, get_user(session, "ann"), house.clock())[1]


def choose(house: House, token: str, password: str = NEW) -> int:
    wish = {"token": token, "password": password}
    return house.visitor().post_json("/api/auth/reset", wish).status_code


def can_sign_in(house: House, password: str) -> bool:
    wish = {"username": "ann", "password": password}
    return house.visitor().post_json("/api/auth/login", wish).status_code == 200


def test_the_new_password_counts_and_the_old_one_does_not(house: House, ann: Browser) -> None:
    assert choose(house, link(house)) == 204
    assert (can_sign_in(house, NEW), can_sign_in(house, PASSWORD)) == (True, False)
    assert ann.get("/api/auth/session").status_code == 401


@pytest.mark.usefixtures("ann")
def test_a_link_works_once(house: House) -> None:
    token = link(house)
    assert [choose(house, token), choose(house, token, PASSWORD)] == [204, 400]
    assert can_sign_in(house, NEW)


@pytest.mark.usefixtures("ann")
def test_a_link_ends_after_a_day_and_with_the_next_one(house: House) -> None:
    first, second = link(house), link(house)
    assert choose(house, first) == 400
    house.clock.now += RESET_LIFETIME_S
    assert choose(house, second) == 400
    assert can_sign_in(house, PASSWORD)


@pytest.mark.usefixtures("ann")
def test_a_password_that_may_not_be_chosen_does_not_use_the_link_up(house: House) -> None:
    token = link(house)
    assert [choose(house, token, "short"), choose(house, token, "password1234"), choose(house, token)] == [
        400,
        400,
        204,
    ]


def test_the_page_needs_no_session(house: House) -> None:
    assert "Choose a new password" in house.visitor().get("/reset").text
