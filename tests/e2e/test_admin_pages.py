"""The administrator's pages in a real browser: wide and narrow, and from a fresh key to a working curl."""

import re
import subprocess
import time
from collections.abc import Generator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.pages import clean_page, register
from tests.e2e.processes import Sluice, running_sluice
from tests.e2e.upstreams import Upstream

pytestmark = [pytest.mark.slow, pytest.mark.browser]

PASSWORD = "correct horse battery staple"
SECTIONS = (
    "Overview",
    "Live queue",
    "Statistics",
    "Upstreams",
    "API keys",
    "Addresses",
    "Invites",
    "Users",
    "Audit log",
    "Settings",
)
LISTS = ("keys", "addresses", "invites", "users", "audit")
DETAILS = ("keys/1", "addresses/1", "users/1")
LONG = "an app whose name is rather long for the build server"
HIDDEN_PARTS = """() => [...document.querySelectorAll('.wide')]
    .filter((box) => box.scrollWidth > box.clientWidth || box.getBoundingClientRect().right > innerWidth)
    .map((box) => `${box.scrollWidth} px in ${box.clientWidth}`)"""
RIGHT_EDGES = "cells => cells.map((cell) => cell.getBoundingClientRect().right)"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass
class Panel:
    """The panel, open in an administrator's browser."""

    sluice: Sluice
    page: Page

    def open(self, section: str) -> None:
        """Go to one of its pages, as people do."""
        navigation = self.page.get_by_role("navigation", name="Administration")
        fold = navigation.get_by_text("all sections")
        if fold.is_visible():
            fold.click()
        navigation.get_by_role("link", name=section).click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text(section)


@pytest.fixture(scope="module")
def panel(upstream: Upstream, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Generator[Panel]:
    data_dir = tmp_path_factory.mktemp("panel") / "data"
    with (
        running_sluice(data_dir, *upstream.arguments, **upstream.environ) as sluice,
        clean_page(browser) as page,
    ):
        assert sluice.setup_link is not None
        register(page, sluice.setup_link, "owner", PASSWORD)
        page.wait_for_url("**/admin")
        yield Panel(sluice, page)


def test_from_making_a_key_to_a_working_curl_takes_less_than_a_minute(panel: Panel) -> None:
    started = time.monotonic()
    panel.open("API keys")
    panel.page.get_by_label("Name").fill("my app")
    panel.page.get_by_role("button", name="Make the key").click()
    command = panel.page.locator("#new-key-curl").inner_text()
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)
    assert '"models"' in done.stdout
    assert time.monotonic() - started < 60


def test_a_rotated_key_counts_in_both_forms_until_it_is_revoked(panel: Panel) -> None:
    panel.open("API keys")
    panel.page.get_by_label("Name").fill("rotated")
    panel.page.get_by_role("button", name="Make the key").click()
    old = panel.page.locator("#new-key").inner_text()
    panel.page.get_by_role("link", name="rotated").click()
    typed = panel.page.get_by_label("To end it at once, type rotated")
    expect(typed).to_be_hidden()
    panel.page.get_by_label("The old text ends").select_option("at once")
    expect(typed).to_be_visible()
    panel.page.get_by_label("The old text ends").select_option("in 1 hour")
    panel.page.get_by_role("button", name="Rotate the key").click()
    new = panel.page.locator("#new-key").inner_text()
    assert new != old
    for text in (old, new):
        panel.sluice.totals(text)
    panel.page.get_by_text("Revoke …").click()
    panel.page.get_by_label("Type rotated to confirm").fill("rotated")
    panel.page.get_by_role("button", name="Revoke key rotated").click()
    expect(panel.page.get_by_role("row", name="rotated")).to_contain_text("revoked")


@pytest.fixture(scope="module")
def filled(panel: Panel) -> Panel:
    """The panel with something on each list, of the wordy kind."""
    panel.sluice.command("ip", "add", "2001:db8:1234:5678::/64", "--name", LONG, "--note", f"{LONG}, second floor")
    panel.sluice.command("ip", "disable", "2001:db8:1234:5678::/64")
    limits = ("--max-waiting", "100", "--max-running", "20", "--models", "gemma3:270m,llama3.2:3b-instruct-q4_K_M")
    panel.sluice.command("key", "add", "x" * 64, "--note", f"{LONG}, made for its owner", *limits)
    panel.sluice.command("invite", "add", "--uses", "20", "--note", f"for {LONG}", *limits)
    return panel


@pytest.mark.parametrize("path", LISTS)
def test_no_list_has_to_be_scrolled_sideways_on_a_desk(filled: Panel, path: str) -> None:
    filled.page.set_viewport_size({"width": 1280, "height": 720})
    filled.page.goto(f"{filled.sluice.url}/admin/{path}")
    expect(filled.page.locator(".wide table").first).to_be_visible()
    assert filled.page.evaluate(HIDDEN_PARTS) == []


def test_every_page_fits_a_telephone(filled: Panel) -> None:
    panel = filled
    panel.page.set_viewport_size({"width": 360, "height": 740})
    for section in SECTIONS:
        panel.open(section)
        panel.page.wait_for_load_state()  # the style counts, too
        assert panel.page.evaluate(OVERFLOW) <= 0, section
        cells = panel.page.locator(".cards tbody :is(td, th)").evaluate_all(RIGHT_EDGES)
        assert max(cells, default=0) <= 360, section
    for path in DETAILS:
        panel.page.goto(f"{panel.sluice.url}/admin/{path}")
        expect(panel.page.locator("dl.facts")).to_be_visible()
        assert panel.page.evaluate(OVERFLOW) <= 0, path
    panel.page.set_viewport_size({"width": 1280, "height": 720})


def test_the_sections_are_folded_on_a_telephone_with_or_without_a_script(panel: Panel, browser: Browser) -> None:
    state = panel.page.context.storage_state()
    for has_script in (True, False):
        size = {"width": 360, "height": 740}
        context = browser.new_context(java_script_enabled=has_script, storage_state=state, viewport=size)  # type: ignore[arg-type] # dictionaries of Playwright's own
        page = context.new_page()
        page.goto(f"{panel.sluice.url}/admin/users/1")
        navigation = page.get_by_role("navigation", name="Administration")
        expect(navigation.get_by_text("Users · all sections")).to_be_visible()
        expect(navigation.get_by_role("link")).to_have_count(0)
        box = navigation.bounding_box()
        assert box is not None
        assert box["height"] < 60
        Panel(panel.sluice, page).open("Audit log")
        page.set_viewport_size({"width": 1280, "height": 720})
        expect(navigation.get_by_role("link")).to_have_count(len(SECTIONS))
        expect(navigation.get_by_text("all sections")).to_be_hidden()
        context.close()


def test_the_pages_can_be_used_without_a_script(panel: Panel, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, storage_state=panel.page.context.storage_state())
    page = context.new_page()
    page.goto(f"{panel.sluice.url}/admin/addresses")
    page.get_by_label("One address or network a line").fill("10.0.0.0/24 office\n192.0.2.7")
    page.get_by_role("button", name="Import").click()
    expect(page.locator("#note")).to_contain_text("2 addresses were added.")
    page.get_by_label("Address", exact=True).fill("10.0.0.9")
    page.get_by_role("button", name="Which rule lets it in?").click()
    expect(page.locator("#tested")).to_contain_text(re.compile(r"let in by rule \d+, 10\.0\.0\.0/24 \(office\)"))
    page.get_by_role("row", name="192.0.2.7/32").get_by_text("Remove …").click()
    page.get_by_label("Type 192.0.2.7/32 to confirm").fill("192.0.2.7/32")
    page.get_by_role("button", name="Remove 192.0.2.7/32").click()
    expect(page.locator("#allow-list-table")).not_to_contain_text("192.0.2.7")
    context.close()


def test_the_copy_button_copies_the_link_and_says_so(panel: Panel) -> None:
    panel.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    panel.open("Invites")
    panel.page.get_by_role("button", name="Make the invite").click()
    panel.page.get_by_role("button", name="Copy the link").click()
    expect(panel.page.locator("#copy-status")).to_have_text("Copied.")
    copied = panel.page.evaluate("navigator.clipboard.readText()")
    assert copied == panel.page.locator("#new-link").inner_text()
    expect(panel.page.locator(".qr svg")).to_be_visible()
