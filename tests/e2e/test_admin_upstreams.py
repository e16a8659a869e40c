"""The upstreams page in a real browser: it lists, loads, unloads, pulls, deletes, and says when Ollama is gone."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest
from playwright.sync_api import Browser, Dialog, Locator, Page, expect

from tests.e2e.chat_house import ChatHouse, Person, chat_house, until
from tests.e2e.model_store import ModelStore
from tests.e2e.pages import clean_page

pytestmark = [pytest.mark.slow, pytest.mark.browser]

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
REFUSED = "Failed to load resource"


@dataclass
class Boss:
    """An administrator, the house, and the models of its Ollama."""

    house: ChatHouse
    person: Person
    models: ModelStore

    @property
    def state(self) -> str:
        """Up or down, as the gate says."""
        return str(self.person.ask("GET", "/gate/upstreams")["upstreams"][0]["state"])

    @contextmanager
    def at_page(self, browser: Browser, **options: Any) -> Generator[Page]:
        """The upstreams page, open."""
        with clean_page(browser, **options) as page:
            page.context.add_cookies(self.person.cookies)  # type: ignore[arg-type] # dictionaries of Playwright's own
            page.goto(f"{self.house.url}/admin/upstreams")
            yield page


@pytest.fixture(scope="module")
def boss(tmp_path_factory: pytest.TempPathFactory) -> Generator[Boss]:
    with chat_house(tmp_path_factory.mktemp("upstreams") / "data") as house:
        invite = json.loads(house.sluice.command("invite", "add", "--admin", "--json"))["token"]
        yield Boss(house, replace(house, invite=invite).person(), ModelStore(house.upstream))


@pytest.fixture
def page(boss: Boss, browser: Browser) -> Generator[Page]:
    boss.models.reset()
    with boss.at_page(browser) as page:
        yield page


def _row(page: Page, table: str, model: str) -> Locator:
    return page.locator(f"#{table}-table tbody tr", has=page.get_by_role("rowheader", name=model, exact=True))


def _says(page: Page, sentence: str) -> None:
    expect(page.locator("#upstream-status")).to_have_text(sentence)


def test_it_lists_what_is_in_memory_and_what_is_installed(page: Page) -> None:
    expect(page.locator("#upstream-default")).to_contain_text("up for")
    expect(page.locator("#upstream-default")).to_contain_text("0.32.15")
    expect(_row(page, "loaded", "llama3.2:3b")).to_contain_text("6.0 GB50 %")
    expect(_row(page, "loaded", "llama3.2:3b")).to_contain_text("stays")
    expect(_row(page, "loaded", "gemma3:4b")).to_have_count(0)
    expect(_row(page, "installed", "gemma3:4b")).to_contain_text("3.3 GB4.3B")
    expect(page.locator("#installed-table caption")).to_contain_text("5.3 GB in all")


def test_a_model_is_loaded_and_unloaded_by_its_buttons(page: Page) -> None:
    page.get_by_role("button", name="Load gemma3:4b", exact=True).click()
    _says(page, "gemma3:4b is loaded.")
    expect(_row(page, "loaded", "gemma3:4b")).to_be_visible()
    page.get_by_role("button", name="Unload llama3.2:3b", exact=True).click()
    _says(page, "llama3.2:3b is unloaded.")
    expect(_row(page, "loaded", "llama3.2:3b")).to_have_count(0)
    page.get_by_role("button", name="Unload gemma3:4b", exact=True).press("Enter")
    expect(page.locator("#loaded")).to_contain_text("No model is in memory.")
    expect(page.locator("#loaded-title")).to_be_focused()


def test_loading_waits_in_line_for_the_slot(boss: Boss, page: Page) -> None:
    boss.house.occupy("busy")
    page.get_by_role("button", name="Load gemma3:4b", exact=True).click()
    _says(page, "Loading gemma3:4b. It waits for a slot first, if others are served.")
    until(lambda: boss.house.sluice.totals(boss.house.key) == {"waiting": 1, "running": 1})
    assert "gemma3:4b" not in boss.models.loaded
    boss.house.upstream.release("busy")
    _says(page, "gemma3:4b is loaded.")


def test_a_pull_shows_how_far_it_is_until_the_model_is_there(boss: Boss, page: Page) -> None:
    page.get_by_role("textbox", name="Model").fill("new:1b")
    page.get_by_role("button", name="Pull", exact=True).click()
    expect(page.locator("#pull-words")).to_have_text("new:1b: pulling: 1.0 GB of 2.0 GB")
    bar = page.get_by_role("progressbar", name="new:1b: pulling")
    assert bar.evaluate("bar => bar.position") == 0.5
    expect(page.get_by_role("button", name="Pull", exact=True)).to_be_disabled()
    boss.house.upstream.release("pull new:1b")
    _says(page, "new:1b is installed.")
    expect(_row(page, "installed", "new:1b")).to_be_visible()
    expect(page.locator("#pull-progress")).to_be_hidden()


def test_a_cancelled_pull_ends_at_ollama_too(boss: Boss, page: Page) -> None:
    before = boss.models.broken_pulls
    page.get_by_role("textbox", name="Model").fill("huge:405b")
    page.get_by_role("button", name="Pull", exact=True).click()
    expect(page.locator("#pull-words")).to_contain_text("1.0 GB of 2.0 GB")
    page.get_by_role("button", name="Cancel the pull").click()
    _says(page, "The pull of huge:405b is cancelled. What has come is kept for another try.")
    until(lambda: boss.models.broken_pulls == before + 1)
    expect(page.get_by_role("button", name="Pull", exact=True)).to_be_enabled()
    expect(_row(page, "installed", "huge:405b")).to_have_count(0)


def test_leaving_the_page_during_a_pull_is_asked_about(boss: Boss, page: Page) -> None:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.get_by_role("textbox", name="Model").fill("huge:405b")
    page.get_by_role("button", name="Pull", exact=True).click()
    expect(page.locator("#pull-words")).to_contain_text("1.0 GB of 2.0 GB")
    page.get_by_role("link", name="API keys").click(no_wait_after=True)
    until(lambda: page.evaluate("1") == 1 and asked == ["beforeunload"])
    expect(page.locator("#pull-words")).to_contain_text("1.0 GB of 2.0 GB")
    page.get_by_role("button", name="Cancel the pull").click()
    _says(page, "The pull of huge:405b is cancelled. What has come is kept for another try.")
    page.get_by_role("link", name="API keys").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("API keys")
    assert asked == ["beforeunload"]


def test_the_button_stands_beside_its_field(page: Page) -> None:
    edges = [
        one.evaluate("one => one.getBoundingClientRect().bottom")
        for one in (page.locator("#pull-name"), page.get_by_role("button", name="Pull", exact=True))
    ]
    assert abs(edges[0] - edges[1]) < 2


def test_an_upstream_that_knows_no_pulling_is_said_not_to(boss: Boss, browser: Browser) -> None:
    boss.models.reset()
    with boss.at_page(browser, foreseen=[REFUSED]) as page:
        page.route("**/api/pull", lambda route: route.fulfill(status=404, body="404 page not found"))
        page.get_by_role("textbox", name="Model").fill("new:1b")
        page.get_by_role("button", name="Pull", exact=True).click()
        expect(page.locator("#upstream-status")).to_contain_text("new:1b: This upstream cannot do that")


def test_a_gate_that_hangs_is_said_to_and_asked_again(boss: Boss, browser: Browser) -> None:
    boss.models.reset()
    with clean_page(browser) as page:
        page.clock.install()
        page.context.add_cookies(boss.person.cookies)  # type: ignore[arg-type] # dictionaries of Playwright's own
        page.goto(f"{boss.house.url}/admin/upstreams")
        page.route("**/admin/upstreams", lambda _: None)
        with page.expect_request("**/admin/upstreams"):
            page.clock.run_for(10_000)
        page.clock.run_for(8_000)
        expect(page.locator("#upstream-status")).to_contain_text("shows what was true a while ago")
        page.unroute_all()
        page.clock.run_for(10_000)
        _says(page, "Sluice answers again.")


def test_what_ollama_says_against_a_pull_is_shown(boss: Boss, page: Page) -> None:
    boss.models.pull_error = "pull model manifest: file does not exist"
    boss.house.upstream.release("pull nobody:1b")
    page.get_by_role("textbox", name="Model").fill("nobody:1b")
    page.get_by_role("button", name="Pull", exact=True).click()
    _says(page, "nobody:1b: pull model manifest: file does not exist")


def test_a_model_is_deleted_only_after_its_name_was_typed(boss: Boss, page: Page) -> None:
    row = _row(page, "installed", "gemma3:4b")
    row.get_by_text("Delete …").click()
    row.get_by_role("textbox").fill("gemma3")
    row.get_by_role("button", name="Delete gemma3:4b", exact=True).click()
    _says(page, "Nothing is deleted: what you typed is not gemma3:4b.")
    assert "gemma3:4b" in boss.models.installed
    row.get_by_role("textbox").fill("gemma3:4b")
    row.get_by_role("textbox").press("Enter")
    _says(page, "gemma3:4b is deleted.")
    expect(row).to_have_count(0)
    assert set(boss.models.installed) == {"llama3.2:3b"}
    expect(page.locator("#installed-title")).to_be_focused()


def test_a_refusal_is_shown_and_the_button_can_be_pressed_again(boss: Boss, browser: Browser) -> None:
    boss.models.reset()
    with boss.at_page(browser, foreseen=[REFUSED]) as page:
        boss.models.installed.clear()
        row = _row(page, "installed", "gemma3:4b")
        row.get_by_text("Delete …").click()
        row.get_by_role("textbox").fill("gemma3:4b")
        row.get_by_role("button", name="Delete gemma3:4b", exact=True).click()
        _says(page, "gemma3:4b: model 'gemma3:4b' not found")
        expect(row.get_by_role("button", name="Delete gemma3:4b", exact=True)).to_be_enabled()


def test_the_page_stays_true_by_itself_and_tells_of_a_failure(boss: Boss, browser: Browser) -> None:
    boss.models.reset()
    fake = boss.house.upstream.fake
    with clean_page(browser) as page:
        page.clock.install()
        page.context.add_cookies(boss.person.cookies)  # type: ignore[arg-type] # dictionaries of Playwright's own
        page.goto(f"{boss.house.url}/admin/upstreams")
        expect(page.locator("#upstream-default .state")).to_have_text("up")
        boss.house.upstream.run(fake.stop())
        until(lambda: boss.state == "down")
        page.clock.run_for(10_000)
        expect(page.locator("#upstream-default .state")).to_have_text("down")
        expect(page.locator("#upstream-default")).to_contain_text(f"Ollama at {fake.url} cannot be connected to")
        expect(page.locator("#loaded")).to_contain_text("Not known while Ollama is down.")
        page.get_by_role("link", name="API keys").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("API keys")
        boss.house.upstream.run(fake.start(fake.port))
        until(lambda: boss.state == "up")
        page.goto(f"{boss.house.url}/admin/upstreams")
        expect(page.locator(".failures li").first).to_contain_text("down for")


def test_it_fits_a_telephone(boss: Boss, browser: Browser) -> None:
    boss.models.reset()
    with boss.at_page(browser, viewport={"width": 360, "height": 740}) as page:
        assert page.evaluate(OVERFLOW) <= 0
        _row(page, "installed", "gemma3:4b").get_by_text("Delete …").click()
        assert page.evaluate(OVERFLOW) <= 0


def test_without_a_script_it_lists_and_offers_nothing_it_cannot_do(boss: Boss, browser: Browser) -> None:
    boss.models.reset()
    with boss.at_page(browser, java_script_enabled=False) as page:
        expect(_row(page, "loaded", "llama3.2:3b")).to_be_visible()
        expect(_row(page, "installed", "gemma3:4b")).to_be_visible()
        assert "allow JavaScript" in page.content()
        for button in page.get_by_role("button").all():
            expect(button).to_be_hidden()


def test_the_terminal_tells_the_same(boss: Boss) -> None:
    boss.models.reset()
    words = boss.house.sluice.command("upstream", "list")
    assert "default at" in words
    assert "gemma3:4b" in words
