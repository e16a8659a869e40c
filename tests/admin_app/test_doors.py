"""The pages before sign-in."""

import re

import pytest

from tests.admin_app.house import Browser, House


@pytest.mark.parametrize(
    ("path", "script"),
    [("/login", "login.js"), ("/register", "register.js"), ("/setup", "register.js")],
)
def test_each_page_has_its_form_its_script_and_a_word_for_those_without(
    visitor: Browser, path: str, script: str
) -> None:
    page = visitor.get(path).text
    assert f'<script type="module" src="/static/js/{script}">' in page
    assert "<noscript>" in page
    assert 'for="username"' in page
    assert 'for="password"' in page


@pytest.mark.parametrize("path", ["/login", "/register", "/setup"])
def test_a_form_without_its_script_sends_nothing_and_never_puts_a_password_into_the_address(
    visitor: Browser, path: str
) -> None:
    page = visitor.get(path).text
    assert re.findall(r'<form [^>]*method="post">', page) == re.findall("<form [^>]*>", page)
    assert re.search(r"<button [^>]* disabled>", page)


def test_set_up_says_that_an_administrator_is_made(visitor: Browser) -> None:
    assert "first administrator" in visitor.get("/setup").text
    assert "first administrator" not in visitor.get("/register").text


def test_opening_a_link_uses_nothing_up(house: House, visitor: Browser) -> None:
    token = house.invite()
    for path in ("/register", "/setup"):
        visitor.get(path)
    answer = visitor.post_json("/api/auth/register", {"username": "a", "password": "p" * 12, "token": token})
    assert answer.status_code == 201


def test_the_navigation_shows_who_is_signed_in(admin: Browser, person: Browser, visitor: Browser) -> None:
    assert 'href="/admin"' in admin.get("/account").text
    assert 'href="/admin"' not in person.get("/account").text
    assert 'aria-label="Main"' not in visitor.get("/login").text


def test_a_person_who_types_the_bare_address_is_sent_to_the_chat_page(visitor: Browser) -> None:
    answer = visitor.get("/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/chat")
