"""The gate dies and comes back: the chat page loses neither the question nor what was answered."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.chat_house import answer, chat_house, chat_page, send, until
from tests.e2e.chat_upstream import Hold
from tests.e2e.processes import running_sluice

pytestmark = [pytest.mark.slow, pytest.mark.browser]


def test_a_killed_gate_costs_neither_the_question_nor_the_text(browser: Browser, tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    with chat_house(data_dir) as house:
        person = house.person()
        house.upstream.say("survive", "This much", Hold("never"))
        with chat_page(browser, person, foreseen=("Failed to load resource",)) as page:
            send(page, "survive")
            expect(answer(page)).to_contain_text("This much")
            until(lambda: person.kept("assistant") == "This much")
            house.sluice.kill_gate()
            expect(page.get_by_role("alert")).to_contain_text("The connection broke off.")
            expect(answer(page)).to_contain_text("This much")
            expect(page.get_by_text("Not everything is saved")).to_be_visible()
            again = ("--listen", f"127.0.0.1:{urlsplit(house.url).port}")
            with running_sluice(data_dir, *again, SLUICE_UPSTREAM__URL=house.upstream.fake.url) as second:
                assert second.url == house.url
                house.upstream.say("survive", " and the rest")
                page.get_by_role("button", name="Continue", exact=True).click()
                expect(answer(page).locator(".text")).to_have_text("This much and the rest", timeout=10_000)
                expect(page.get_by_text("Not everything is saved")).to_be_hidden(timeout=20_000)
                page.reload()
                expect(answer(page).locator(".text")).to_have_text("This much and the rest")
                expect(page.locator("article")).to_have_count(2)
