"""The settings page in a real browser: a rate changed, its consequence read, taken back; what is pinned stays."""

from collections.abc import Generator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.pages import clean_page, register
from tests.e2e.processes import running_sluice
from tests.e2e.upstreams import Upstream

pytestmark = [pytest.mark.slow, pytest.mark.browser]

PASSWORD = "correct horse battery staple"
REFUSED = "Failed to load resource: the server responded with a status of 400"
AGING = "queue.aging_per_minute"


@pytest.fixture(scope="module")
def panel(upstream: Upstream, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Generator[Page]:
    data_dir = tmp_path_factory.mktemp("settings") / "data"
    environ = {**upstream.environ, "SLUICE_QUEUE__MAX_WAITING": "77"}
    with (
        running_sluice(data_dir, *upstream.arguments, **environ) as sluice,
        clean_page(browser, foreseen=[REFUSED]) as page,
    ):
        assert sluice.setup_link is not None
        register(page, sluice.setup_link, "owner", PASSWORD)
        page.wait_for_url("**/admin")
        page.get_by_role("navigation", name="Administration").get_by_role("link", name="Settings").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Settings")
        yield page


def setting(page: Page, key: str) -> Locator:
    """One of those that can be changed on the page."""
    return page.locator(f"[id='{key}']")


def test_a_rate_is_changed_with_its_consequence_and_taken_back(panel: Page) -> None:
    consequence, row = panel.locator("#consequence"), setting(panel, AGING)
    expect(consequence).to_contain_text(
        "At 0.1 points a minute, a chat message can wait for those who come later: at most 20 minutes"
    )
    expect(consequence).to_contain_text(
        "At 1 point a minute, a chat message can wait for those who come later: at most 2 minutes behind"
    )
    expect(row).to_contain_text("The default")
    row.get_by_label("Aging", exact=True).fill("1.0")
    row.get_by_role("button", name="Change").click()
    expect(consequence).to_contain_text("at most 2 minutes behind busy coding tools")
    expect(row).to_contain_text("a change made here")
    expect(row.get_by_role("status")).to_have_text("queue.aging_per_minute is 1 now.")
    row.get_by_role("button", name="Back to the default (0.1)").click()
    expect(consequence).to_contain_text("at most 20 minutes")
    expect(row.get_by_role("button", name="Back to")).to_have_count(0)


def test_a_wrong_value_is_said_in_words_and_stays_in_its_field(panel: Page) -> None:
    row = setting(panel, AGING)
    row.get_by_label("Aging", exact=True).fill("often")
    row.get_by_role("button", name="Change").click()
    expect(panel.locator("#error")).to_contain_text("must be a number from 0 to 1000")
    expect(row.get_by_label("Aging", exact=True)).to_have_value("often")
    panel.goto(panel.url.replace("/change", ""))


def test_what_the_environment_sets_has_no_field(panel: Page) -> None:
    row = setting(panel, "queue.max_waiting")
    expect(row).to_contain_text("77")
    expect(row).to_contain_text("the environment")
    expect(row.get_by_role("button")).to_have_count(0)


def test_the_last_day_is_replayed_with_other_numbers(panel: Page) -> None:
    panel.get_by_label("Aging, points a minute").fill("0.5")
    panel.get_by_role("button", name="Try it").click()
    expect(panel.locator("#what-if-consequence")).to_contain_text("at most 4 minutes")
    expect(panel.locator("#what-if")).to_contain_text("requests of the last day")
    expect(setting(panel, AGING)).to_contain_text("The default")


def test_the_address_is_told_as_it_was_given_and_not_as_it_was_passed_on(panel: Page) -> None:
    expect(panel.locator("[data-setting='gate.listen']")).to_contain_text("the command line")
