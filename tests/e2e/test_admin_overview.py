"""The overview in a real browser: live by gate and panel, with either gone, and signed out."""

import re
from collections.abc import Generator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.chat_house import ChatHouse, Person, chat_house, until
from tests.e2e.pages import clean_page
from tests.e2e.queue_pages import allow_listed, busy, let_all_go, steering_page, waiting_rows

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Generator[ChatHouse]:
    """One Sluice with one slot for all tests here."""
    with chat_house(tmp_path_factory.mktemp("overview") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def boss(house: ChatHouse) -> Person:
    """Who looks and steers."""
    return house.chief


@pytest.fixture
def page(house: ChatHouse, browser: Browser) -> Generator[Page]:
    """The overview, open; whatever a test leaves behind is cleared away."""
    with steering_page(house, browser, "/admin") as opened:
        expect(opened.locator("#figure-state")).to_have_text("open")
        yield opened


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
    expect(waiting_rows(page)).to_have_count(5)
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
        # It may have been up a moment ago, and is asked again after five seconds.
        down = re.compile(r"^down for \d+ s$")
        expect(page.locator("#figure-upstream")).to_have_text(down, timeout=15_000)
        concern = page.locator("#concern-list li").filter(has_text=f":{port} cannot be connected to")
        expect(concern).to_be_visible(timeout=15_000)
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


@pytest.mark.parametrize("path", ["/admin", "/admin/queue"])
def test_a_session_that_ends_on_an_allow_listed_machine_is_no_queue_of_ones_own(
    house: ChatHouse, page: Page, boss: Person, path: str
) -> None:
    busy(house, f"ended {path}", "next")
    page.goto(house.url + path)
    with allow_listed(boss):
        expect(waiting_rows(page)).to_have_count(1)
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
        expect(waiting_rows(page)).to_have_count(1)
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


def test_without_a_script_the_overview_shows_how_all_is(house: ChatHouse, browser: Browser, boss: Person) -> None:
    house.occupy("unscripted")
    with clean_page(browser, java_script_enabled=False) as plain:
        plain.context.add_cookies(boss.cookies)  # type: ignore[arg-type] # typed dictionaries of Playwright's own
        plain.goto(f"{house.url}/admin")
        told: dict[str, Any] = _figures(plain)
    assert (told["state"], told["slots"], told["waiting"]) == ("open", "1 of 1", "0")
    assert told["upstream"].startswith("up, ")
    let_all_go(house)
