"""A person's own pages in a real browser: keys, sessions and password, also narrow and without a script."""

import json
from collections.abc import Generator
from dataclasses import dataclass

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from tests.e2e.pages import clean_page, register
from tests.e2e.processes import Sluice, running_sluice

pytestmark = [pytest.mark.slow, pytest.mark.browser]

PASSWORD = "correct horse battery staple"
NEW = "another horse, another battery"
NO_MODELS = "Failed to load resource: the server responded with a status of 502"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass
class Desk:
    """Somebody's browser, signed in and looking at their account."""

    sluice: Sluice
    page: Page

    def open(self) -> None:
        """Go to the account page."""
        self.page.goto(f"{self.sluice.url}/account")


@pytest.fixture(scope="module")
def desk(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Generator[Desk]:
    """Nothing stands behind the gate, as the chat page finds when it looks for models."""
    data_dir = tmp_path_factory.mktemp("account") / "data"
    with running_sluice(data_dir) as sluice, clean_page(browser, [NO_MODELS]) as page:
        invite = json.loads(sluice.command("invite", "add", "--own-keys", "--json"))
        register(page, f"{sluice.url}/register#{invite['token']}", "ann", PASSWORD)
        page.wait_for_url("**/chat")
        yield Desk(sluice, page)


def test_a_key_of_ones_own_works_as_soon_as_it_is_shown(desk: Desk) -> None:
    desk.open()
    desk.page.get_by_label("Name").fill("laptop")
    desk.page.get_by_role("button", name="Make the key").click()
    key = desk.page.locator("#new-key").inner_text()
    me = requests.get(f"{desk.sluice.url}/gate/me", headers={"X-API-Key": key}, timeout=10).json()
    assert (me["principal"], me["scopes"], len(me["usage_by_day"])) == ("laptop", ["infer", "read"], 14)
    desk.page.get_by_role("row", name="laptop").get_by_text("Revoke …").click()
    desk.page.get_by_label("Type laptop to confirm").fill("laptop")
    desk.page.get_by_role("button", name="Revoke key laptop").click()
    expect(desk.page.get_by_role("row", name="laptop")).to_contain_text("revoked")
    assert requests.get(f"{desk.sluice.url}/gate/me", headers={"X-API-Key": key}, timeout=10).status_code == 401


def test_the_page_fits_a_telephone(desk: Desk) -> None:
    desk.page.set_viewport_size({"width": 360, "height": 740})
    desk.open()
    assert desk.page.evaluate(OVERFLOW) <= 0
    desk.page.set_viewport_size({"width": 1280, "height": 720})


def test_everything_works_without_a_script(desk: Desk, browser: Browser) -> None:
    _sign_in(desk, PASSWORD)
    context = browser.new_context(java_script_enabled=False, storage_state=desk.page.context.storage_state())
    page = context.new_page()
    page.goto(f"{desk.sluice.url}/account")
    page.get_by_label("Present password").fill(PASSWORD)
    page.get_by_label("New password").fill(NEW)
    page.get_by_role("button", name="Change the password").click()
    expect(page.locator("#note")).to_contain_text("Your password is changed")
    expect(page.locator("#sessions-table tbody tr")).to_have_count(1)
    page.get_by_role("button", name="Sign out everywhere").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    context.close()


def test_a_one_time_link_gives_a_new_password_and_then_asks_to_sign_in(desk: Desk) -> None:
    made = json.loads(desk.sluice.command("user", "reset-password", "ann", "--json"))
    desk.page.goto(f"{desk.sluice.url}/reset#{made['token']}")
    desk.page.get_by_label("New password").fill(PASSWORD)
    desk.page.get_by_role("button", name="Set the password").click()
    expect(desk.page.get_by_role("status")).to_have_text("Your new password is set. Sign in with it.")
    _sign_in(desk, PASSWORD)


def test_half_a_link_says_what_is_missing(desk: Desk) -> None:
    desk.page.goto(f"{desk.sluice.url}/reset")
    expect(desk.page.get_by_role("alert")).to_contain_text("Open the whole link that you were given.")


def _sign_in(desk: Desk, password: str) -> None:
    desk.page.goto(f"{desk.sluice.url}/login?next=/account")
    desk.page.get_by_label("User name").fill("ann")
    desk.page.get_by_label("Password").fill(password)
    desk.page.locator("#submit").click()
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("Account")
