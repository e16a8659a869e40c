"""The chat page once with a real model: it streams, tells its figures, and stops when told to."""

import json
import re
from collections.abc import Generator

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.chat_house import PASSWORD, answer, send, until
from tests.e2e.pages import clean_page, register
from tests.e2e.processes import Sluice, running_sluice
from tests.e2e.upstreams import Upstream

pytestmark = [pytest.mark.slow, pytest.mark.browser]
# The first answer of a model that has to be loaded takes seconds.
_LOADED_MS = 60_000


@pytest.fixture(scope="module")
def sluice(upstream: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Generator[Sluice]:
    data_dir = tmp_path_factory.mktemp("chat-demo") / "data"
    with running_sluice(data_dir, *upstream.arguments, **upstream.environ) as running:
        yield running


def test_a_real_model_answers_streams_and_stops(sluice: Sluice, upstream: Upstream, browser: Browser) -> None:
    assert sluice.setup_link is not None
    with clean_page(browser) as page:
        register(page, sluice.setup_link, "owner", PASSWORD)
        page.wait_for_url("**/admin")
        page.goto(f"{sluice.url}/chat")
        expect(page.locator("#model")).to_contain_text(upstream.model)
        page.evaluate(_NOTE_GROWTH)
        send(page, "Tell me a story.")
        expect(answer(page).locator(".statistics")).to_have_text(_FIGURES, timeout=_LOADED_MS)
        assert page.evaluate("globalThis.lengths.size") > 3
        send(page, "Tell me everything.")
        expect(answer(page).locator(".text")).to_contain_text(re.compile(r"\w"), timeout=_LOADED_MS)
        page.get_by_role("button", name="Stop").click()
        expect(answer(page)).to_contain_text("Stopped.")
        expect(answer(page).locator(".text")).to_contain_text(re.compile(r"\w"))
        until(lambda: page.evaluate(_RUNNING) == 0)


def test_the_settings_say_which_model_is_really_asked(sluice: Sluice, browser: Browser) -> None:
    invite = json.loads(sluice.command("invite", "add", "--admin", "--json"))
    with clean_page(browser) as page:
        register(page, f"{sluice.url}/register#{invite['token']}", "second-owner", PASSWORD)
        page.wait_for_url("**/admin")
        listed, told = page.evaluate(_BOTH)
    asked = told["upstreams"][0]
    said = {one["key"]: json.loads(one["value"]) for one in listed if one["key"].startswith("upstream.")}
    assert (said["upstream.url"], said["upstream.name"]) == (asked["url"], asked["name"])


_BOTH = """() => Promise.all(
  ["/api/admin/settings", "/gate/upstreams"].map((path) => fetch(path).then((answer) => answer.json())))"""
_FIGURES = re.compile(r"^\d+ tokens · took .* · [\d.]+ tokens/s · prompt [\d.]+ tokens/s .*waited \d")
_RUNNING = "fetch('/gate/queue').then((answer) => answer.json()).then((queue) => queue.totals.running)"
# Every length that the text of an answer has had on the page.
_NOTE_GROWTH = """() => {
  globalThis.lengths = new Set();
  const look = () => lengths.add(document.querySelector(".assistant .text")?.textContent.length ?? 0);
  const all = { childList: true, subtree: true, characterData: true };
  new MutationObserver(look).observe(document.getElementById("transcript"), all);
}"""
