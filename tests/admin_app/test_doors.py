"""The pages before sign-in."""

import re
from pathlib import Path

import pytest

from tests.admin_app.house import PASSWORD, Browser, House, open_house


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
    answer = visitor.post_json(
        "/api/auth/register", {"username": "a", "password": "a few words here", "token": token}
    )
    assert answer.status_code == 201


def test_the_navigation_shows_who_is_signed_in(admin: Browser, person: Browser, visitor: Browser) -> None:
    assert 'href="/admin"' in admin.get("/account").text
    assert 'href="/admin"' not in person.get("/account").text
    assert 'aria-label="Main"' not in visitor.get("/login").text


def test_a_person_who_types_the_bare_address_is_sent_to_the_chat_page(visitor: Browser) -> None:
    answer = visitor.get("/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/chat")


NAMES = {"SLUICE_GATE__HOSTS__CHAT": "chat.test", "SLUICE_GATE__HOSTS__ADMIN": "admin.test"}


@pytest.fixture
def named(tmp_path: Path, template_database: Path) -> House:
    """A house whose chat page and admin panel have names of their own."""
    return open_house(tmp_path, template_database, {"SLUICE_GATE__PUBLIC_URL": "https://sluice.test:8443"} | NAMES)


@pytest.mark.parametrize(
    ("host", "page"),
    [
        ("chat.test", "/chat"),
        ("admin.test", "/admin"),
        ("Admin.test:8000", "/admin"),
        ("sluice.test", "/chat"),
        ("127.0.0.1:8000", "/chat"),
        ("admin.test.evil", "/chat"),
    ],
)
def test_the_root_is_the_page_of_the_name_that_was_typed(named: House, host: str, page: str) -> None:
    answer = named.visitor().client.get("/", base_url=f"http://{host}")
    assert (answer.status_code, answer.headers["Location"]) == (302, page)


@pytest.mark.parametrize(
    ("host", "url"),
    [("sluice.test:8443", "https://admin.test:8443/admin"), ("admin.test:8000", "/admin")],
)
def test_the_way_to_a_panel_with_a_name_of_its_own_leads_there(named: House, host: str, url: str) -> None:
    browser = named.visitor()
    fields = {"username": "root", "password": PASSWORD, "token": named.invite(is_admin=True)}
    base, own = f"https://{host}", {"Origin": f"https://{host}"}
    browser.client.post("/api/auth/register", base_url=base, json=fields, headers=own)
    assert browser.client.get("/api/auth/session", base_url=base).json == {
        "username": "root",
        "is_admin": True,
        "admin_url": url,
    }
    assert f'<a href="{url}">Admin</a>' in browser.client.get("/account", base_url=base).text
