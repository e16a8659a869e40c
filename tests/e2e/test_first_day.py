"""A newcomer's first day: one command, three kinds of people, one real model, one queue, the right order."""

import json
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass

import ollama
import openai
import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from tests.e2e.pages import clean_page, register
from tests.e2e.processes import Sluice, running_sluice
from tests.e2e.upstreams import Upstream

pytestmark = [pytest.mark.slow, pytest.mark.browser]

PASSWORD = "correct horse battery staple"


@dataclass
class FirstDay:
    """What the administrator set up in the browser."""

    sluice: Sluice
    upstream: Upstream
    key: str
    invite: str


@pytest.fixture(scope="module")
def first_day(
    upstream: Upstream, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Generator[FirstDay]:
    """`sluice up` on an empty directory; the administrator opens the link and makes a rule, a key, an invite."""
    data_dir = tmp_path_factory.mktemp("first-day") / "data"
    with (
        running_sluice(data_dir, *upstream.arguments, **upstream.environ) as sluice,
        clean_page(browser) as page,
    ):
        assert sluice.setup_link is not None
        register(page, sluice.setup_link, "owner", PASSWORD)
        page.wait_for_url("**/admin")
        _allow_loopback(page)
        yield FirstDay(sluice, upstream, key=_make_key(page), invite=_make_invite(page))


def test_three_kinds_of_people_share_one_model_in_the_order_of_their_priorities(
    first_day: FirstDay, browser: Browser
) -> None:
    sluice, model = first_day.sluice, first_day.upstream.model
    answers: dict[str, str] = {}
    rows_before = len(sluice.journal(0))

    def ask_as_coding_tool() -> None:
        with ollama.Client(host=f"{sluice.url}/api/code") as client:
            stream = client.chat(model, _ask("Write a haiku."), stream=True, options={"num_predict": 8})
            answers["direct_api"] = "".join(part.message.content or "" for part in stream)

    def ask_as_app() -> None:
        body = {"model": model, "messages": _ask("Count to three."), "options": {"num_predict": 8}}
        with requests.post(
            f"{sluice.url}/api/chat", headers={"X-API-Key": first_day.key}, json=body, stream=True, timeout=60
        ) as answer:
            assert answer.headers["X-Queue-Class"] == "custom_app"
            records = [json.loads(line) for line in answer.iter_lines()]
        answers["custom_app"] = "".join(record["message"]["content"] for record in records)

    with clean_page(browser) as page:
        register(page, first_day.invite, "ann", PASSWORD)
        page.wait_for_url("**/chat")
        with _paused(sluice):
            _type_message(page, "Tell me a story.")
            _wait_for_waiting(first_day, 1)
            app = _in_background(ask_as_app)
            _wait_for_waiting(first_day, 2)
            tool = _in_background(ask_as_coding_tool)
            _wait_for_waiting(first_day, 3)
        tool.join(timeout=60)
        app.join(timeout=60)
        expect(page.locator("#transcript")).to_contain_text("tokens", timeout=60_000)
        answers["web_chat"] = page.locator(".assistant .text").last.inner_text()

    assert all(answers[name].strip() for name in ("direct_api", "custom_app", "web_chat"))
    rows = sluice.journal(rows_before + 3)[rows_before:]
    by_admission = sorted(rows, key=lambda row: row["arrived_at"] + row["waited_s"])
    assert [row["principal_class"] for row in by_admission] == ["direct_api", "custom_app", "web_chat"]
    assert [row["base"] for row in by_admission] == [1, 2, 3]
    for row in rows:
        assert row["state"] == "done"
        assert row["prompt_tokens"] > 0
        assert row["completion_tokens"] > 0
        assert not row["is_estimated"]


def test_the_openai_client_streams_through_the_same_door(first_day: FirstDay) -> None:
    rows_before = len(first_day.sluice.journal(0))
    with openai.OpenAI(base_url=f"{first_day.sluice.url}/v1", api_key=first_day.key, max_retries=0) as client:
        stream = client.chat.completions.create(
            model=first_day.upstream.model,
            messages=[{"role": "user", "content": "Say something."}],
            max_tokens=8,
            stream=True,
            stream_options={"include_usage": True},
        )
        chunks = list(stream)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices).strip()
    row = first_day.sluice.journal(rows_before + 1)[-1]
    usage = chunks[-1].usage
    assert usage is not None
    assert (row["path"], row["completion_tokens"]) == ("/v1/chat/completions", usage.completion_tokens)


def test_the_person_in_the_chat_page_can_stop_an_answer_and_the_slot_is_free(
    first_day: FirstDay, browser: Browser
) -> None:
    with clean_page(browser) as page:
        _sign_in(page, first_day.sluice.url, "ann")
        _type_message(page, "Tell me everything.")
        page.get_by_role("button", name="Stop").click(timeout=30_000)
        expect(page.get_by_role("button", name="Send")).to_be_visible()
    _wait_until(lambda: first_day.sluice.totals(first_day.key)["running"] == 0)


def _ask(text: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": text}]


def _sign_in(page: Page, url: str, name: str) -> None:
    page.goto(f"{url}/login?next=/chat")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/chat")


def _open(page: Page, section: str) -> None:
    page.get_by_role("navigation", name="Administration").get_by_role("link", name=section).click()


def _allow_loopback(page: Page) -> None:
    _open(page, "Addresses")
    page.locator("#rule-ip").fill("127.0.0.1")
    page.locator("#rule-name").fill("coding tools")
    page.locator("#rule-add").click()
    expect(page.locator("#allow-list-table")).to_contain_text("127.0.0.1")


def _make_key(page: Page) -> str:
    _open(page, "API keys")
    page.locator("#key-name").fill("my app")
    page.locator("#key-add").click()
    return page.locator("#new-key").inner_text()


def _make_invite(page: Page) -> str:
    _open(page, "Invites")
    page.locator("#invite-add").click()
    return page.locator("#new-link").inner_text()


def _type_message(page: Page, text: str) -> None:
    page.get_by_label("Your message").fill(text)
    page.get_by_role("button", name="Send").click()


@contextmanager
def _paused(sluice: Sluice) -> Generator[None]:
    """Nobody is admitted during the block, so that everybody waits at once."""
    sluice.command("pause")
    yield
    sluice.command("resume")


def _in_background(ask: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=ask)
    thread.start()
    return thread


def _wait_for_waiting(day: FirstDay, count: int) -> None:
    _wait_until(lambda: day.sluice.totals(day.key)["waiting"] == count)


def _wait_until(holds: Callable[[], bool]) -> None:
    deadline = threading.Event()
    timer = threading.Timer(20, deadline.set)
    timer.start()
    while not holds():
        assert not deadline.is_set(), "waited 20 s in vain"
        deadline.wait(0.05)
    timer.cancel()
