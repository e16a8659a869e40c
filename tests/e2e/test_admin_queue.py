"""The live queue in a real browser: seen, explained and steered, with the gate there and with the gate gone."""

import re
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.e2e.chat_house import ChatHouse, Person, chat_house, until
from tests.e2e.pages import clean_page

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
def page(house: ChatHouse, boss: Person, browser: Browser) -> Generator[Page]:
    """The live queue, open; whatever a test leaves behind is cleared away."""
    with clean_page(browser, ("Failed to load resource",)) as opened:
        opened.context.add_cookies(boss.cookies)  # type: ignore[arg-type] # typed dictionaries of Playwright's own
        opened.goto(f"{house.url}/admin/queue")
        expect(opened.locator("#queue-status")).to_contain_text("The gate is")
        yield opened
    house.sluice.command("resume")
    _let_all_go(house)


def _let_all_go(house: ChatHouse) -> None:
    def is_idle() -> bool:
        # Whoever waited is held only once it is their turn.
        house.upstream.release_all()
        return not any(house.sluice.totals(house.key).values())

    until(is_idle)


def _said(page: Page) -> Locator:
    return page.locator("#queue-said")


def _waiting(page: Page) -> Locator:
    return page.locator("#queue-waiting tbody tr:not(.why)")


def _reasons(page: Page) -> Locator:
    """What was asked for, in the order of the line."""
    return page.locator("#queue-waiting tr.why")


def _running(page: Page) -> Locator:
    return page.locator("#queue-running tbody tr")


def _busy(house: ChatHouse, name: str, *waiting: str) -> None:
    """One runs and these wait, in this order."""
    house.occupy(f"{name} slot")
    for count, each in enumerate(waiting, 1):
        house.in_line(f"{name} {each}")
        _until_waiting(house, count)


def _until_waiting(house: ChatHouse, count: int) -> None:
    until(lambda: house.sluice.totals(house.key)["waiting"] == count)


def test_rows_come_and_go_without_a_reload(house: ChatHouse, page: Page) -> None:
    expect(page.locator("#queue-running")).to_have_text("Nothing runs.")
    expect(page.locator("#queue-waiting")).to_have_text("Nobody waits.")
    _busy(house, "rows", "next")
    expect(_running(page)).to_contain_text(re.compile(r"app.*plain:1b.*2 → 2\.00"))
    expect(_waiting(page)).to_contain_text(re.compile(r"1.*app.*plain:1b.*2 → (2\.00|1\.99).*s"))
    _let_all_go(house)
    expect(page.locator("#queue-running")).to_have_text("Nothing runs.")


def test_pausing_says_who_and_when_and_resuming_ends_it(house: ChatHouse, page: Page, boss: Person) -> None:
    page.get_by_role("button", name="Pause").click()
    banner = page.locator("#queue-banner")
    expect(banner).to_contain_text(f"Paused by {boss.name}, less than a minute ago.")
    expect(_said(page)).to_contain_text(f"Paused by {boss.name}")
    house.in_line("pausing")
    expect(_waiting(page)).to_have_count(1)
    _waiting(page).get_by_text("Why?").click()
    expect(_reasons(page)).to_contain_text("Nobody is admitted until the gate is resumed.")
    page.get_by_role("button", name="Resume").click()
    expect(banner).to_have_count(0)
    expect(_running(page)).to_have_count(1)


def test_a_pause_from_the_terminal_is_seen_with_its_author(house: ChatHouse, page: Page) -> None:
    house.sluice.command("pause")
    expect(page.locator("#queue-banner")).to_contain_text("Paused by terminal")
    expect(_said(page)).to_contain_text("Paused by terminal")


def test_draining_asks_first_and_turns_those_away_who_wait(house: ChatHouse, page: Page, boss: Person) -> None:
    _busy(house, "draining", "next")
    page.get_by_text("Drain …").click()
    page.get_by_role("button", name="Drain the gate").click()
    expect(page.locator("#queue-banner")).to_contain_text(f"Set to drain by {boss.name}")
    expect(page.locator("#queue-waiting")).to_have_text("Nobody waits.")
    expect(_running(page)).to_have_count(1)
    page.get_by_role("button", name="Resume").click()
    expect(page.locator("#queue-status")).to_contain_text("The gate is open.")


def test_slots_are_resized_and_a_refusal_is_shown_in_the_gates_words(house: ChatHouse, page: Page) -> None:
    _busy(house, "slots", "next")
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
    _busy(house, "cancel", "first", "second")
    expect(_waiting(page)).to_have_count(2)
    first = _waiting(page).first
    first.get_by_text("Cancel …").click()
    expect(first).to_contain_text("It loses its place")
    first.get_by_role("button", name="Cancel the request of app, place 1").click()
    expect(_said(page)).to_have_text("The request of app is cancelled.")
    expect(_said(page)).to_be_focused()
    expect(_waiting(page).first).to_contain_text("cancelled")
    expect(page.locator("#queue-status")).to_contain_text("1 waiting")


def test_a_running_request_is_cancelled_only_after_a_question(house: ChatHouse, page: Page) -> None:
    _busy(house, "kill")
    expect(_running(page)).to_have_count(1)
    _running(page).get_by_text("Cancel …").click()
    expect(_running(page)).to_contain_text("The answer ends where it is")
    # The question stays open while the table is redrawn around it.
    before = _running(page).inner_text()
    expect(_running(page)).not_to_have_text(before)
    expect(_running(page).locator("details")).to_have_attribute("open", "")
    cancelled = house.upstream.cancelled
    _running(page).get_by_role("button", name="Cancel the answer to app").click()
    expect(_running(page)).to_contain_text("cancelled")
    until(lambda: house.upstream.cancelled == cancelled + 1)


def test_a_bump_puts_the_last_first_and_the_reason_is_told(house: ChatHouse, page: Page) -> None:
    _busy(house, "bump", "first", "second")
    last = _waiting(page).nth(1)
    last.get_by_text("Why?").click()
    expect(_reasons(page)).to_contain_text("Both have base 2, so the one that came first goes first")
    last.get_by_role("button", name="Bump app, place 2").click()
    expect(_said(page)).to_have_text("The request of app is at the front.")
    expect(_waiting(page).first).to_contain_text("(bumped)")
    # The reason has moved with its row.
    expect(_reasons(page)).to_contain_text("It was put at the front. Nobody is ahead of it.")
    _waiting(page).nth(1).get_by_text("Why?").click()
    expect(_reasons(page).nth(1)).to_contain_text("The one above was put at the front, ahead of every number.")


def test_another_base_priority_changes_the_place_and_the_arithmetic_shows_it(house: ChatHouse, page: Page) -> None:
    _busy(house, "put", "first", "second")
    first = _waiting(page).first
    first.get_by_text("Why?").click()
    reason = _reasons(page)
    first.get_by_text("Priority …").click()
    field, button = first.get_by_label("Put at priority"), first.get_by_role("button", name="at this priority")
    assert _gap(field, button) < 16
    field.select_option("5")
    button.click()
    expect(_said(page)).to_have_text("The request of app has base priority 5.")
    expect(_waiting(page).nth(1)).to_contain_text(re.compile(r"5 → 4\.9\d"))
    expect(reason).to_contain_text(
        re.compile(r"base 5, waited .*: 5 . .* = 4\.9\d; the one above: base 2, waited")
    )
    expect(reason).to_contain_text("The lower number goes first.")


def _gap(left: Locator, right: Locator) -> float:
    one, other = left.bounding_box(), right.bounding_box()
    assert one is not None
    assert other is not None
    return other["x"] - one["x"] - one["width"]


def test_focus_and_open_reasons_survive_the_redraw(house: ChatHouse, page: Page) -> None:
    _busy(house, "focus", "first")
    button = _waiting(page).get_by_text("Why?")
    button.click()
    button.focus()
    before = _waiting(page).inner_text()
    expect(_waiting(page)).not_to_have_text(before)
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(_reasons(page)).to_be_visible()


def test_it_can_be_used_on_a_telephone(house: ChatHouse, page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    _busy(house, "small", "first")
    _waiting(page).get_by_text("Why?").click()
    assert page.evaluate(OVERFLOW) <= 0
    # Nothing of a row is beside the screen: it is a card, with the names of the columns in it.
    rights = page.locator("tbody :is(td, th, button, summary)").evaluate_all(RIGHT_EDGES)
    assert len(rights) > 20
    assert max(rights) <= 360
    expect(page.get_by_role("row", name="app")).not_to_have_count(0)
    _waiting(page).get_by_role("button", name="Bump app").click()
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


def _figures(page: Page) -> dict[str, str]:
    names = ("state", "slots", "waiting", "oldest", "upstream", "speed", "refused")
    return {name: page.locator(f"#figure-{name}").inner_text() for name in names}


def test_the_overview_tells_in_one_look_how_things_stand(house: ChatHouse, page: Page) -> None:
    house.in_line("look first")
    page.goto(f"{house.url}/admin")
    expect(page.locator("#figure-slots")).to_have_text("1 of 1")
    for number in range(7):
        house.in_line(f"look {number}")
    expect(page.locator("#figure-waiting")).to_have_text("7")
    expect(page.locator("#figure-upstream")).to_contain_text(re.compile(r"^up, \d"))
    expect(page.locator("#figure-oldest")).to_contain_text("s")
    expect(_waiting(page)).to_have_count(5)
    expect(page.get_by_role("link", name="2 more wait.")).to_be_visible()
    assert _figures(page)["state"] == "open"
    page.get_by_role("region", name="Now").get_by_text("What these figures mean").click()
    expect(page.get_by_text("Pieces of all answers that came in the last five seconds")).to_be_visible()


def test_the_overview_says_that_the_gate_is_gone(page: Page, house: ChatHouse) -> None:
    page.goto(f"{house.url}/admin")
    expect(page.locator("#figure-state")).to_have_text("open")
    page.route("**/gate/queue", lambda route: route.abort("connectionrefused"))
    expect(page.locator("#trouble")).to_contain_text("The gate cannot be reached.")
    expect(page.locator("#figure-state")).to_have_text("unknown")
    expect(page.locator("#trouble")).to_contain_text(re.compile(r"as of \d\d:\d\d:\d\d\."))
    expect(page.locator("#tiles")).to_have_class("tiles old")
    expect(page.locator("#queue-status")).to_contain_text("At ")
    expect(page.get_by_role("heading", name="Last requests")).to_be_visible()
    page.unroute("**/gate/queue")
    expect(page.locator("#figure-state")).to_have_text("open")
    expect(page.locator("#trouble")).to_have_text("")
    expect(page.locator("#tiles")).to_have_class("tiles")


def test_the_overview_says_that_ollama_is_gone(page: Page, house: ChatHouse) -> None:
    port = house.upstream.fake.port
    house.upstream.run(house.upstream.fake.stop())
    # The age is reckoned by the gate's clock, whatever the browser's says.
    page.clock.install(time=datetime(2040, 1, 1, tzinfo=UTC))
    try:
        page.goto(f"{house.url}/admin")
        expect(page.locator("#figure-upstream")).to_have_text(re.compile(r"^down for \d+ s$"))
        concern = page.locator("#concern-list li").filter(has_text=f":{port} cannot be connected to")
        expect(concern.get_by_role("link", name="Upstreams")).to_have_attribute("href", "/admin/upstreams")
    finally:
        house.upstream.run(house.upstream.fake.start(port))


def test_a_stopped_gate_is_to_be_seen_to_and_takes_the_place_of_the_all_clear(
    page: Page, house: ChatHouse
) -> None:
    page.goto(f"{house.url}/admin")
    concerns = page.locator("#concern-list")
    expect(concerns).to_contain_text("Nothing to see to")
    house.sluice.command("pause")
    expect(concerns.locator("li")).to_contain_text("The gate is paused by terminal, since ")
    expect(concerns.get_by_role("link", name="Live queue")).to_have_attribute("href", "/admin/queue")
    expect(concerns).not_to_contain_text("Nothing to see to")
    expect(page.locator("#figure-state")).to_have_class("wrong")
    house.sluice.command("resume")
    expect(concerns).to_contain_text("Nothing to see to")
    expect(concerns.locator("li")).to_have_count(0)
    expect(page.locator("#figure-state")).not_to_have_class("wrong")


def test_the_first_live_concern_takes_the_place_of_the_servers_all_clear(page: Page, house: ChatHouse) -> None:
    def pause_first(route: Route) -> None:
        house.sluice.command("pause")
        route.continue_()

    page.route("**/api/admin/overview", pause_first)
    page.goto(f"{house.url}/admin")
    concerns = page.locator("#concern-list")
    expect(concerns.locator("li")).to_contain_text("The gate is paused by terminal")
    expect(concerns.locator("p")).to_have_count(0)


@contextmanager
def _allow_listed(boss: Person) -> Generator[None]:
    rule = boss.ask("POST", "/api/admin/whitelist", {"ip": "127.0.0.1"})
    try:
        yield
    finally:
        boss.ask("DELETE", f"/api/admin/whitelist/{rule['id']}")


@pytest.mark.parametrize("path", ["/admin", "/admin/queue"])
def test_a_session_that_ends_on_an_allow_listed_machine_is_no_queue_of_ones_own(
    house: ChatHouse, page: Page, boss: Person, path: str
) -> None:
    _busy(house, f"ended {path}", "next")
    page.goto(house.url + path)
    with _allow_listed(boss):
        expect(_waiting(page)).to_have_count(1)
        page.context.clear_cookies()
        said = page.get_by_role("status").filter(has_text="You are no longer signed in as an administrator.")
        way_back = said.get_by_role("link", name="Sign in")
        expect(way_back).to_have_attribute("href", f"/login?next={path.replace('/', '%2F')}")
        expect(page.locator("#queue-live")).to_be_empty()
        if path == "/admin":
            assert set(_figures(page).values()) == {"\N{EN DASH}"}
            expect(page.locator("#concern-list")).to_be_empty()
            expect(page.locator("#journal-live")).to_be_empty()
        page.context.add_cookies(boss.cookies)  # type: ignore[arg-type] # typed dictionaries of Playwright's own
        expect(_waiting(page)).to_have_count(1)
        if path == "/admin":
            expect(page.locator("#concern-list")).to_contain_text("Nothing to see to")


def test_a_session_that_ends_before_the_first_answer_leaves_nothing_of_the_server_either(
    house: ChatHouse, page: Page
) -> None:
    page.route("**/api/admin/overview", lambda route: route.abort())
    page.route("**/gate/queue", lambda route: route.fulfill(status=401, json={"error": "no credential"}))
    page.goto(f"{house.url}/admin")
    expect(page.locator("#trouble")).to_contain_text("You are no longer signed in")
    expect(page.locator("#concern-list")).to_be_empty()
    expect(page.locator("#journal-live")).to_be_empty()
    expect(page.locator("#panel-trouble")).to_be_empty()


def test_the_refused_and_the_last_requests_come_without_a_reload(house: ChatHouse, page: Page) -> None:
    house.occupy("seen to end")
    page.clock.install()
    page.goto(f"{house.url}/admin")
    expect(page.locator("#journal-as-of")).to_have_text(re.compile(r"^As of \d\d:\d\d:\d\d\.$"))
    before = _rows_of(house)
    house.upstream.release_all()
    until(lambda: _rows_of(house) == before + 1)
    page.clock.run_for(10_000)
    expect(page.locator("#journal-table tbody tr")).to_have_count(min(20, before + 1))
    expect(page.locator("#journal-table tbody tr").first).to_contain_text(re.compile(r"ago.*app.*plain:1b.*200"))


def _rows_of(house: ChatHouse) -> int:
    return int(house.chief.ask("GET", "/api/admin/stats")["requests"])


def test_a_panel_without_its_server_says_since_when(house: ChatHouse, page: Page) -> None:
    page.clock.install()
    page.goto(f"{house.url}/admin")
    expect(page.locator("#figure-state")).to_have_text("open")
    page.route("**/api/admin/overview", lambda route: route.fulfill(status=502, json={"error": "gone"}))
    page.clock.run_for(10_000)
    expect(page.locator("#panel-trouble")).to_have_text(
        re.compile(r"^The panel's own server does not answer\. .* as of \d\d:\d\d:\d\d\.$")
    )
    expect(page.locator("#concern-list")).to_have_class("old")
    expect(page.locator("#figure-state")).to_have_text("open")
    page.unroute("**/api/admin/overview")
    page.clock.run_for(10_000)
    expect(page.locator("#panel-trouble")).to_have_text("")
    expect(page.locator("#concern-list")).not_to_have_class("old")


@pytest.mark.parametrize("path", ["/admin", "/admin/queue"])
def test_a_browser_whose_clock_is_off_tells_true_ages(house: ChatHouse, page: Page, path: str) -> None:
    page.clock.install(time=datetime(2040, 1, 1, tzinfo=UTC))
    page.goto(house.url + path)
    house.sluice.command("pause")
    expect(page.locator("#queue-banner")).to_contain_text("Paused by terminal, less than a minute ago.")


@pytest.mark.parametrize(
    ("state", "bumped"),
    [("done", "had ended already (done)."), ("streaming", "runs already; its place in the queue is no more.")],
)
def test_a_wish_that_came_too_late_is_not_told_as_done(
    house: ChatHouse, page: Page, state: str, bumped: str
) -> None:
    _busy(house, f"late {state}", "next")
    page.route("**/gate/tickets/**", lambda route: route.fulfill(json={"state": state}))
    _waiting(page).get_by_role("button", name="Bump app").click()
    expect(_said(page)).to_have_text(f"The request of app {bumped}")


def test_a_cancellation_that_came_too_late_is_not_told_as_one(house: ChatHouse, page: Page) -> None:
    _busy(house, "late", "next")
    page.route("**/gate/tickets/**", lambda route: route.fulfill(json={"state": "done"}))
    _waiting(page).get_by_text("Cancel …").click()
    _waiting(page).get_by_role("button", name="Cancel the request of app, place 1").click()
    expect(_said(page)).to_have_text("The request of app had ended already (done).")
    expect(_waiting(page)).not_to_have_class("ending")


def test_without_a_script_the_overview_shows_how_all_is(house: ChatHouse, browser: Browser, boss: Person) -> None:
    house.occupy("unscripted")
    with clean_page(browser, java_script_enabled=False) as plain:
        plain.context.add_cookies(boss.cookies)  # type: ignore[arg-type] # typed dictionaries of Playwright's own
        plain.goto(f"{house.url}/admin")
        told: dict[str, Any] = _figures(plain)
    assert (told["state"], told["slots"], told["waiting"]) == ("open", "1 of 1", "0")
    assert told["upstream"].startswith("up, ")
    _let_all_go(house)
