"""The live queue in a real browser: seen, explained and steered, with the gate there and with the gate gone."""

import re
from collections.abc import Generator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.chat_house import ChatHouse, Person, chat_house, until
from tests.e2e.queue_pages import busy, let_all_go, running_rows, steering_page, waiting_rows

pytestmark = [pytest.mark.slow, pytest.mark.browser]

RIGHT_EDGES = "cells => cells.map((cell) => cell.getBoundingClientRect().right)"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Generator[ChatHouse]:
    """One Sluice with one slot for all tests here."""
    with chat_house(tmp_path_factory.mktemp("queue") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def boss(house: ChatHouse) -> Person:
    """Who looks and steers."""
    return house.chief


@pytest.fixture
def page(house: ChatHouse, browser: Browser) -> Generator[Page]:
    """The live queue, open; whatever a test leaves behind is cleared away."""
    with steering_page(house, browser, "/admin/queue") as opened:
        expect(opened.locator("#queue-status")).to_contain_text("The gate is")
        yield opened


def _said(page: Page) -> Locator:
    return page.locator("#queue-said")


def _reasons(page: Page) -> Locator:
    """What was asked for, in the order of the line."""
    return page.locator("#queue-waiting tr.why")


def test_rows_come_and_go_without_a_reload(house: ChatHouse, page: Page) -> None:
    expect(page.locator("#queue-running")).to_have_text("Nothing runs.")
    expect(page.locator("#queue-waiting")).to_have_text("Nobody waits.")
    busy(house, "rows", "next")
    expect(running_rows(page)).to_contain_text(re.compile(r"app.*plain:1b.*2 → 2\.00"))
    expect(waiting_rows(page)).to_contain_text(re.compile(r"1.*app.*plain:1b.*2 → (2\.00|1\.99).*s"))
    let_all_go(house)
    expect(page.locator("#queue-running")).to_have_text("Nothing runs.")


def test_pausing_says_who_and_when_and_resuming_ends_it(house: ChatHouse, page: Page, boss: Person) -> None:
    page.get_by_role("button", name="Pause").click()
    banner = page.locator("#queue-banner")
    expect(banner).to_contain_text(f"Paused by {boss.name}, less than a minute ago.")
    expect(_said(page)).to_contain_text(f"Paused by {boss.name}")
    house.in_line("pausing")
    expect(waiting_rows(page)).to_have_count(1)
    waiting_rows(page).get_by_text("Why?").click()
    expect(_reasons(page)).to_contain_text("Nobody is admitted until the gate is resumed.")
    page.get_by_role("button", name="Resume").click()
    expect(banner).to_have_count(0)
    expect(running_rows(page)).to_have_count(1)


def test_a_pause_from_the_terminal_is_seen_with_its_author(house: ChatHouse, page: Page) -> None:
    house.sluice.command("pause")
    expect(page.locator("#queue-banner")).to_contain_text("Paused by terminal")
    expect(_said(page)).to_contain_text("Paused by terminal")


def test_draining_asks_first_and_turns_those_away_who_wait(house: ChatHouse, page: Page, boss: Person) -> None:
    busy(house, "draining", "next")
    page.get_by_text("Drain …").click()
    page.get_by_role("button", name="Drain the gate").click()
    expect(page.locator("#queue-banner")).to_contain_text(f"Set to drain by {boss.name}")
    expect(page.locator("#queue-waiting")).to_have_text("Nobody waits.")
    expect(running_rows(page)).to_have_count(1)
    page.get_by_role("button", name="Resume").click()
    expect(page.locator("#queue-status")).to_contain_text("The gate is open.")


def test_slots_are_resized_and_a_refusal_is_shown_in_the_gates_words(house: ChatHouse, page: Page) -> None:
    busy(house, "slots", "next")
    page.get_by_label("Slots").fill("2")
    page.get_by_role("button", name="Set", exact=True).click()
    expect(page.locator("#queue-status")).to_contain_text("2 of 2 slots in use, nobody waits.")
    page.route("**/gate/slots", lambda route: route.continue_(post_data='{"slots":0}'))
    page.get_by_role("button", name="Set", exact=True).click()
    expect(_said(page)).to_contain_text("slots must be")
    page.unroute("**/gate/slots")
    page.get_by_label("Slots").fill("1")
    page.get_by_role("button", name="Set", exact=True).click()
    expect(page.locator("#queue-status")).to_contain_text("of 1 slots")


def test_a_waiting_request_is_cancelled_and_says_so(house: ChatHouse, page: Page) -> None:
    busy(house, "cancel", "first", "second")
    expect(waiting_rows(page)).to_have_count(2)
    first = waiting_rows(page).first
    first.get_by_text("Cancel …").click()
    expect(first).to_contain_text("It loses its place")
    first.get_by_role("button", name="Cancel the request of app, place 1").click()
    expect(_said(page)).to_have_text("The request of app is cancelled.")
    expect(_said(page)).to_be_focused()
    expect(waiting_rows(page).first).to_contain_text("cancelled")
    expect(page.locator("#queue-status")).to_contain_text("1 waiting")


def test_a_running_request_is_cancelled_only_after_a_question(house: ChatHouse, page: Page) -> None:
    busy(house, "kill")
    expect(running_rows(page)).to_have_count(1)
    running_rows(page).get_by_text("Cancel …").click()
    expect(running_rows(page)).to_contain_text("The answer ends where it is")
    # The question stays open while the table is redrawn around it.
    before = running_rows(page).inner_text()
    expect(running_rows(page)).not_to_have_text(before)
    expect(running_rows(page).locator("details")).to_have_attribute("open", "")
    cancelled = house.upstream.cancelled
    running_rows(page).get_by_role("button", name="Cancel the answer to app").click()
    expect(running_rows(page)).to_contain_text("cancelled")
    until(lambda: house.upstream.cancelled == cancelled + 1)


def test_a_bump_puts_the_last_first_and_the_reason_is_told(house: ChatHouse, page: Page) -> None:
    busy(house, "bump", "first", "second")
    last = waiting_rows(page).nth(1)
    last.get_by_text("Why?").click()
    expect(_reasons(page)).to_contain_text("Both have base 2, so the one that came first goes first")
    last.get_by_role("button", name="Bump app, place 2").click()
    expect(_said(page)).to_have_text("The request of app is at the front.")
    expect(waiting_rows(page).first).to_contain_text("(bumped)")
    # The reason has moved with its row.
    expect(_reasons(page)).to_contain_text("It was put at the front. Nobody is ahead of it.")
    waiting_rows(page).nth(1).get_by_text("Why?").click()
    expect(_reasons(page).nth(1)).to_contain_text("The one above was put at the front, ahead of every number.")


def test_another_base_priority_changes_the_place_and_the_arithmetic_shows_it(house: ChatHouse, page: Page) -> None:
    busy(house, "put", "first", "second")
    first = waiting_rows(page).first
    first.get_by_text("Why?").click()
    reason = _reasons(page)
    first.get_by_text("Priority …").click()
    field, button = first.get_by_label("Put at priority"), first.get_by_role("button", name="at this priority")
    assert _gap(field, button) < 16
    field.select_option("5")
    button.click()
    expect(_said(page)).to_have_text("The request of app has base priority 5.")
    expect(waiting_rows(page).nth(1)).to_contain_text(re.compile(r"5 → 4\.9\d"))
    expect(reason).to_contain_text(
        re.compile(r"Base 5, waited .*: 5 . .* = 4\.9\d; the one above: base 2, waited")
    )
    expect(reason).to_contain_text("The lower number goes first.")


def _gap(left: Locator, right: Locator) -> float:
    one, other = left.bounding_box(), right.bounding_box()
    assert one is not None
    assert other is not None
    return other["x"] - one["x"] - one["width"]


def test_focus_and_open_reasons_survive_the_redraw(house: ChatHouse, page: Page) -> None:
    busy(house, "focus", "first")
    button = waiting_rows(page).get_by_text("Why?")
    button.click()
    button.focus()
    before = waiting_rows(page).inner_text()
    expect(waiting_rows(page)).not_to_have_text(before)
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(_reasons(page)).to_be_visible()


def test_it_can_be_used_on_a_telephone(house: ChatHouse, page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    busy(house, "small", "first")
    waiting_rows(page).get_by_text("Why?").click()
    assert page.evaluate(OVERFLOW) <= 0
    # Nothing of a row is beside the screen: it is a card, with the names of the columns in it.
    rights = page.locator("tbody :is(td, th, button, summary)").evaluate_all(RIGHT_EDGES)
    assert len(rights) > 20
    assert max(rights) <= 360
    expect(page.get_by_role("row", name="app")).not_to_have_count(0)
    waiting_rows(page).get_by_role("button", name="Bump app").click()
    expect(_said(page)).to_contain_text("at the front")


def test_a_hidden_tab_asks_nothing_and_a_shown_one_at_once(page: Page) -> None:
    page.clock.install()
    page.reload()
    expect(page.locator("#queue-status")).to_contain_text("The gate is open.")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate(_BE_HIDDEN, arg=True)
    del asked[:]
    page.clock.run_for(10_000)
    assert asked == []
    with page.expect_response("**/gate/queue"):
        page.evaluate(_BE_HIDDEN, arg=False)


_BE_HIDDEN = """(isHidden) => {
  Object.defineProperty(document, "hidden", { value: isHidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def test_a_gate_that_is_gone_is_told_until_it_is_back(page: Page) -> None:
    page.route("**/gate/queue", lambda route: route.abort("connectionrefused"))
    expect(_said(page)).to_contain_text(
        "The gate cannot be reached. This page keeps trying; what it shows is as of "
    )
    # What stood there is told as what it is, and nobody steers by it.
    expect(page.locator("#queue-status")).to_have_text(re.compile(r"^At \d\d:\d\d:\d\d: The gate is open\."))
    expect(page.locator("#queue-live")).to_have_class("old")
    expect(page.get_by_role("button", name="Pause")).to_be_disabled()
    page.unroute("**/gate/queue")
    expect(_said(page)).to_have_text("The gate answers again.")
    expect(page.locator("#queue-status")).to_have_text(re.compile(r"^The gate is open\."))
    expect(page.get_by_role("button", name="Pause")).to_be_enabled()


def test_a_gate_that_hangs_is_told_as_one_that_is_gone(page: Page) -> None:
    page.clock.install()
    page.reload()
    expect(page.locator("#queue-status")).to_contain_text("The gate is open.")
    page.route("**/gate/queue", lambda _: None)
    with page.expect_request("**/gate/queue"):
        page.clock.run_for(1000)
    expect(_said(page)).to_contain_text("The gate cannot be reached. This page keeps trying", timeout=10_000)


@pytest.mark.parametrize(
    ("state", "bumped"),
    [("done", "had ended already (done)."), ("streaming", "runs already; its place in the queue is no more.")],
)
def test_a_wish_that_came_too_late_is_not_told_as_done(
    house: ChatHouse, page: Page, state: str, bumped: str
) -> None:
    busy(house, f"late {state}", "next")
    page.route("**/gate/tickets/**", lambda route: route.fulfill(json={"state": state}))
    waiting_rows(page).get_by_role("button", name="Bump app").click()
    expect(_said(page)).to_have_text(f"The request of app {bumped}")


def test_a_cancellation_that_came_too_late_is_not_told_as_one(house: ChatHouse, page: Page) -> None:
    busy(house, "late", "next")
    page.route("**/gate/tickets/**", lambda route: route.fulfill(json={"state": "done"}))
    waiting_rows(page).get_by_text("Cancel …").click()
    waiting_rows(page).get_by_role("button", name="Cancel the request of app, place 1").click()
    expect(_said(page)).to_have_text("The request of app had ended already (done).")
    expect(waiting_rows(page)).not_to_have_class("ending")
