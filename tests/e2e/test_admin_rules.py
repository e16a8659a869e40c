"""Keys and addresses steered from the panel in a real browser, and what the audit log keeps of it."""

import csv
import io
import secrets
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.chat_house import ChatHouse, chief_page

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.fixture(scope="module")
def page(house: ChatHouse, browser: Browser) -> Generator[Page]:
    """The administrator's browser, for all tests here."""
    with chief_page(house, browser) as opened:
        yield opened


@dataclass(frozen=True)
class Key:
    """An app's key."""

    url: str
    name: str
    text: str

    def status(self) -> int:
        """How the gate answers to it."""
        return requests.get(f"{self.url}/api/tags", headers={"X-API-Key": self.text}, timeout=10).status_code


@pytest.fixture
def key(house: ChatHouse) -> Key:
    """Fresh for each test."""
    name = f"app {secrets.token_hex(4)}"
    return Key(house.url, name, house.chief.ask("POST", "/api/admin/keys", {"name": name})["key"])


def _row(page: Page, name: str) -> Locator:
    return page.locator("tbody tr").filter(
        has=page.get_by_role("rowheader").get_by_role("link", name=name, exact=True)
    )


def test_a_changed_key_obeys_at_once(house: ChatHouse, page: Page, key: Key) -> None:
    assert key.status() == 200
    page.goto(f"{house.url}/admin/keys")
    page.get_by_role("link", name=key.name).click()
    page.locator("#key-priority").select_option("5")
    page.locator("#key-note").fill("for the build server")
    page.get_by_role("group", name="Scopes").get_by_label("read").uncheck()
    page.locator("#key-change").click()
    facts = page.locator("#key-facts")
    expect(facts).to_contain_text("for the build server")
    expect(facts).to_contain_text("5: At most")
    assert key.status() == 403


def test_a_mistake_is_told_where_it_was_made_and_other_forms_stay_as_they_are(
    house: ChatHouse, page: Page, key: Key
) -> None:
    page.goto(f"{house.url}/admin/keys")
    page.get_by_role("link", name=key.name).click()
    page.locator("#key-models").fill(", ,")
    page.locator("#key-early-json").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Key {key.name}")
    expect(page.locator("#key-models")).to_have_value(", ,")
    expect(page.locator("#key-early-json")).to_be_checked()
    page.get_by_text("Revoke …").click()
    page.get_by_label(f"Type {key.name} to confirm").fill("another")
    page.get_by_role("button", name=f"Revoke key {key.name}").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was done.")
    expect(page.locator("#key-models")).to_have_value("")
    expect(page.get_by_role("group", name="Scopes").get_by_label("read")).to_be_checked()


def test_a_revoked_key_is_refused_and_only_after_its_name_was_typed(
    house: ChatHouse, page: Page, key: Key
) -> None:
    page.goto(f"{house.url}/admin/keys")
    page.get_by_role("link", name=key.name).click()
    page.get_by_text("Revoke …").click()
    typed = page.get_by_label(f"Type {key.name} to confirm")
    typed.fill("something else")
    page.get_by_role("button", name=f"Revoke key {key.name}").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was done.")
    assert key.status() == 200
    page.get_by_text("Revoke …").click()
    typed.fill(key.name)
    page.get_by_role("button", name=f"Revoke key {key.name}").click()
    expect(_row(page, key.name)).to_contain_text("revoked")
    assert key.status() == 401


def test_a_filter_stands_in_the_address_and_says_when_nothing_fits(house: ChatHouse, page: Page, key: Key) -> None:
    page.goto(f"{house.url}/admin/keys")
    page.get_by_label("Filter").fill(f"active {key.name}")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator("#keys-table tbody tr")).to_have_count(1)
    page.reload()
    expect(page.get_by_label("Filter")).to_have_value(f"active {key.name}")
    expect(page.locator("#keys-table tbody tr")).to_have_count(1)
    page.get_by_label("Filter").fill("no such key")
    page.get_by_label("Filter").press("Enter")
    expect(page.get_by_text("Nothing here fits no such key.")).to_be_visible()
    page.get_by_role("link", name="Show all").click()
    expect(_row(page, key.name)).to_be_visible()


def test_a_rule_is_allowed_changed_rested_and_removed(house: ChatHouse, page: Page) -> None:
    page.goto(f"{house.url}/admin/addresses")
    form = page.locator("#add-rule")
    form.get_by_label("Address or network").fill("198.51.100.0/24")
    form.get_by_label("Name", exact=True).fill("lab")
    form.get_by_role("button", name="Allow").click()
    row = _row(page, "198.51.100.0/24")
    expect(row).to_contain_text("lab")
    page.get_by_role("link", name="198.51.100.0/24").click()
    page.locator("#rule-name").fill("workshop")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#rule-name")).to_have_value("workshop")
    page.get_by_role("link", name="All addresses").click()
    expect(row).to_contain_text("workshop")
    _expect_let_in(page, "198.51.100.7 is let in by rule")
    row.get_by_role("button", name="Disable 198.51.100.0/24").click()
    _expect_let_in(page, "No rule lets 198.51.100.7 in")
    row.get_by_role("button", name="Enable 198.51.100.0/24").click()
    _expect_let_in(page, "198.51.100.7 is let in by rule")
    row.get_by_text("Remove …").click()
    row.get_by_label("Type 198.51.100.0/24 to confirm").fill("198.51.100.0/24")
    row.get_by_role("button", name="Remove 198.51.100.0/24").click()
    expect(row).to_have_count(0)


def _expect_let_in(page: Page, sentence: str) -> None:
    page.get_by_label("Address", exact=True).fill("198.51.100.7")
    page.get_by_role("button", name="Which rule lets it in?").click()
    expect(page.locator("#tested")).to_contain_text(sentence)


def test_a_list_is_imported_whole_or_not_at_all(house: ChatHouse, page: Page) -> None:
    page.goto(f"{house.url}/admin/addresses")
    field = page.get_by_label("One address or network a line")
    field.fill("203.0.113.7 printer\nnonsense")
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("alert")).to_contain_text("nonsense")
    expect(field).to_have_value("203.0.113.7 printer\nnonsense")
    field.fill("203.0.113.7 printer")
    page.get_by_role("button", name="Import").click()
    expect(_row(page, "203.0.113.7/32")).to_contain_text("printer")


def test_the_audit_log_is_filtered_and_taken_away(house: ChatHouse, page: Page, key: Key) -> None:
    page.goto(f"{house.url}/admin/audit")
    page.get_by_label("To what").fill(key.name)
    page.get_by_label("Action").fill("key")
    page.get_by_role("button", name="Filter").click()
    rows = page.locator("#audit-table tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("made a key")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    table = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8"))))
    assert [(row["action"], row["subject"], row["actor"]) for row in table] == [("key.add", key.name, "chief")]
    page.get_by_role("link", name="Show everything").click()
    expect(rows.nth(1)).to_be_visible()
