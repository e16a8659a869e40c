"""Invites and accounts steered from the panel in a real browser, and what their people feel of it."""

from collections.abc import Generator

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from tests.e2e.chat_house import PASSWORD, ChatHouse, Person, chief_page

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.fixture(scope="module")
def page(house: ChatHouse, browser: Browser) -> Generator[Page]:
    """The administrator's browser, for all tests here."""
    with chief_page(house, browser) as opened:
        yield opened


@pytest.fixture
def somebody(house: ChatHouse, page: Page) -> Person:
    """Somebody new, whose page is open."""
    person = house.person()
    page.goto(f"{house.url}/admin/users?q={person.name}")
    page.get_by_role("link", name=person.name).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(person.name)
    return person


def _is_signed_in(person: Person) -> bool:
    return person.session.get(f"{person.url}/gate/me", timeout=10).status_code == 200


def _sign_in(person: Person) -> int:
    body = {"username": person.name, "password": PASSWORD}
    answer = requests.post(f"{person.url}/api/auth/login", json=body, headers={"Origin": person.url}, timeout=20)
    return answer.status_code


def test_a_disabled_account_is_signed_out_until_it_is_enabled(page: Page, somebody: Person) -> None:
    assert _is_signed_in(somebody)
    page.get_by_role("button", name="Disable the account").click()
    expect(page.locator("#user-facts")).to_contain_text("disabled")
    assert not _is_signed_in(somebody)
    assert _sign_in(somebody) == 401
    page.get_by_role("button", name="Enable the account").click()
    expect(page.locator("#user-facts")).to_contain_text("active")
    assert _sign_in(somebody) == 200


def test_the_administration_is_given_and_taken_away(page: Page, somebody: Person) -> None:
    page.get_by_role("button", name="Make administrator").click()
    expect(page.locator("#user-facts")).to_contain_text("administrator")
    somebody.sign_in()
    assert somebody.ask("GET", "/api/admin/users")
    page.get_by_role("button", name="Take the administration away").click()
    expect(page.locator("#user-facts")).not_to_contain_text("administrator")
    somebody.sign_in()
    with pytest.raises(requests.HTTPError, match="403"):
        somebody.ask("GET", "/api/admin/users")


def test_an_allowance_is_changed(page: Page, somebody: Person) -> None:
    page.locator("#user-priority").select_option("7")
    page.locator("#user-models").fill("plain:1b")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#user-facts")).to_contain_text("plain:1b")
    assert somebody.ask("GET", "/gate/me")["priority"] == 7


def test_a_person_is_signed_out_everywhere(page: Page, somebody: Person) -> None:
    page.get_by_role("button", name="Sign out everywhere").click()
    expect(page.locator("#note, [role=status]").first).to_be_visible()
    assert not _is_signed_in(somebody)
    assert _sign_in(somebody) == 200


def test_a_link_for_another_password_is_shown_once(house: ChatHouse, page: Page, somebody: Person) -> None:
    page.get_by_role("button", name="Reset the password").click()
    link = page.get_by_text(f"{house.url}/reset#")
    expect(link).to_be_visible()
    body = {"token": link.inner_text().partition("#")[2].strip(), "password": "another horse battery staple"}
    done = requests.post(f"{house.url}/api/auth/reset", json=body, headers={"Origin": house.url}, timeout=20)
    assert done.ok, done.text
    assert _sign_in(somebody) == 401
    page.reload()
    expect(link).to_have_count(0)


def test_an_account_is_deleted_once_its_name_was_typed(house: ChatHouse, page: Page, somebody: Person) -> None:
    page.get_by_text(f"Delete {somebody.name} …").click()
    page.get_by_label(f"Type the name {somebody.name}").fill("somebody else")
    page.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was done.")
    assert _is_signed_in(somebody)
    page.get_by_text(f"Delete {somebody.name} …").click()
    page.get_by_label(f"Type the name {somebody.name}").fill(somebody.name)
    page.get_by_role("button", name="Delete for good").click()
    expect(page.locator("#note")).to_contain_text(f"The account {somebody.name} is gone")
    assert not _is_signed_in(somebody)


def test_an_invite_is_revoked_once_its_number_was_typed(house: ChatHouse, page: Page) -> None:
    made = house.chief.ask("POST", "/api/admin/tokens", {"note": "for nobody"})
    page.goto(f"{house.url}/admin/invites?q=nobody")
    row = page.get_by_role("row", name="for nobody")
    row.get_by_text("Revoke …").click()
    row.get_by_label(f"Type {made['id']} to confirm").fill(str(made["id"]))
    row.get_by_role("button", name=f"Revoke invite {made['id']}").click()
    expect(page.get_by_role("row", name="for nobody")).to_contain_text("revoked")
    body = {"username": "latecomer", "password": PASSWORD, "token": made["token"]}
    late = requests.post(f"{house.url}/api/auth/register", json=body, headers={"Origin": house.url}, timeout=20)
    assert late.status_code == 400
