"""What goes wrong in the chat page: each trouble has its sentence, and no prompt is ever lost."""

from collections.abc import Generator, Sequence

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.e2e.chat_house import PASSWORD, ChatHouse, Person, answer, chat_house, send, until
from tests.e2e.chat_upstream import Drop, End, Hold, Refuse, Step

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Generator[ChatHouse]:
    """One Sluice for all tests here; nobody may have more than one request waiting."""
    limits = {"SLUICE_QUEUE__MAX_WAITING_PER_PRINCIPAL": "1"}
    with chat_house(tmp_path_factory.mktemp("troubles") / "data", **limits) as running:
        yield running


@pytest.fixture
def person(house: ChatHouse) -> Person:
    """Somebody new: tests here count what is kept."""
    return house.person()


@pytest.fixture
def foreseen() -> Sequence[str]:
    """Chromium writes every failed request to the console, whatever the page makes of it."""
    return ("Failed to load resource",)


def test_a_refusal_has_its_sentence_its_reason_and_what_to_do(house: ChatHouse, page: Page) -> None:
    house.upstream.say("broken", Refuse(500, "llama runner process has terminated"))
    send(page, "broken")
    expect(page.get_by_role("alert")).to_contain_text("llama runner process has terminated")
    expect(page.get_by_role("alert")).to_contain_text("Your message is kept.")
    house.upstream.say("broken", "mended")
    page.get_by_role("button", name="Try again").click()
    expect(answer(page)).to_contain_text("mended")
    expect(page.locator("article")).to_have_count(2)
    assert [turn["content"] for turn in house.upstream.asked[-1]["messages"]] == ["broken"]


def test_an_error_in_the_middle_keeps_what_was_said(house: ChatHouse, page: Page) -> None:
    house.upstream.say("middle", "Half", b'{"error":"unexpected EOF"}\n', End())
    send(page, "middle")
    expect(page.get_by_role("alert")).to_contain_text("unexpected EOF")
    expect(answer(page).locator(".text")).to_have_text("Half")
    expect(page.get_by_role("button", name="Continue", exact=True)).to_be_visible()
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("unexpected EOF")
    expect(answer(page).locator(".text")).to_have_text("Half")


@pytest.mark.parametrize(
    ("name", "steps", "sentence"),
    [
        ("no end", ("Half", End()), "The answer broke off before its end."),
        ("garbage", ("Half", b"{not json\n", End()), "The answer could not be understood."),
        ("reset", ("Half", 0.3, Drop()), "broke off"),
    ],
)
def test_a_broken_stream_has_its_sentence(
    house: ChatHouse, page: Page, name: str, steps: tuple[Step, ...], sentence: str
) -> None:
    house.upstream.say(name, *steps)
    send(page, name)
    expect(page.get_by_role("alert")).to_contain_text(sentence)
    expect(answer(page).locator(".text")).to_have_text("Half")


def test_letters_split_between_chunks_are_whole(house: ChatHouse, page: Page) -> None:
    record = '{"message":{"content":"für 🦙"}}\n'.encode()
    house.upstream.say("split", *(each for byte in record for each in (bytes([byte]), 0.001)), " ok")
    send(page, "split")
    expect(answer(page).locator(".text")).to_have_text("für 🦙 ok")


def test_a_model_deleted_while_it_is_chosen_has_its_sentence(house: ChatHouse, page: Page) -> None:
    house.upstream.say("gone", Refuse(404, "model 'gemma3:270m' not found"))
    send(page, "gone")
    expect(page.get_by_role("alert")).to_contain_text("not found")
    expect(page.get_by_role("alert")).to_contain_text("Choose another model")


def test_ones_own_limit_is_explained(house: ChatHouse, page: Page) -> None:
    house.occupy("limit")
    send(page, "one waits")
    expect(answer(page)).to_contain_text("in line")
    page.locator("#new-chat").click()
    send(page, "two is too many")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("You already have 1 requests waiting")
    expect(alert).to_contain_text("own_limit")
    expect(alert).to_contain_text("Wait until some of your answers have ended")
    house.upstream.release("limit")
    until(lambda: house.sluice.totals(house.key)["waiting"] == 0)
    page.get_by_role("button", name="Try again").click()
    expect(answer(page)).to_contain_text("One two three")


def test_a_server_that_takes_nothing_new_says_so_and_the_message_waits(house: ChatHouse, page: Page) -> None:
    house.chief.ask("POST", "/gate/drain")
    send(page, "at a bad moment")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Reason: draining.")
    expect(alert).to_contain_text("Your message is kept.")
    expect(page.locator("article.user")).to_contain_text("at a bad moment")
    house.chief.ask("POST", "/gate/resume")
    page.get_by_role("button", name="Try again").click()
    expect(answer(page)).to_contain_text("One two three")
    expect(page.locator("article")).to_have_count(2)


def test_after_signing_in_again_the_prompt_is_there(house: ChatHouse, page: Page, person: Person) -> None:
    person.ask("POST", "/api/auth/logout")
    send(page, "precious words")
    page.get_by_role("alert").get_by_role("link", name="Sign in").click()
    page.wait_for_url("**/login?**")
    page.get_by_label("User name").fill(person.name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/chat*")
    expect(page.locator("#prompt")).to_have_value("precious words")


def test_offline_is_said_and_the_message_is_sent_when_asked_again(
    house: ChatHouse, page: Page, person: Person
) -> None:
    page.context.set_offline(True)
    expect(page.get_by_text("You are offline.")).to_be_visible()
    send(page, "from afar")
    expect(page.get_by_role("alert")).to_contain_text("The server cannot be reached.")
    page.context.set_offline(False)
    expect(page.get_by_text("You are offline.")).to_be_hidden()
    page.get_by_role("button", name="Try again").click()
    expect(answer(page)).to_contain_text("One two three")
    until(lambda: person.kept("assistant") == "One two three")
    page.reload()
    expect(page.locator("article.user")).to_contain_text("from afar")
    expect(answer(page)).to_contain_text("One two three")


def test_leaving_with_an_unsent_prompt_warns_and_a_draft_survives(house: ChatHouse, page: Page) -> None:
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.locator("#prompt").press_sequentially("not yet sent")
    page.reload()
    assert asked == ["beforeunload"]
    expect(page.locator("#prompt")).to_have_value("not yet sent")


def test_an_endless_prompt_is_refused_before_it_is_sent(house: ChatHouse, page: Page) -> None:
    asked = len(house.upstream.asked)
    page.locator("#prompt").evaluate("(field) => { field.value = 'x'.repeat(1_000_001); }")
    page.locator("#send").click()
    expect(page.get_by_role("alert")).to_contain_text("longer than 1,000,000 characters")
    assert len(page.locator("#prompt").input_value()) == 1_000_001
    assert len(house.upstream.asked) == asked
    page.locator("#prompt").fill("")


def test_a_megabyte_of_prompt_is_sent_and_kept(house: ChatHouse, page: Page, person: Person) -> None:
    page.locator("#prompt").evaluate("(field) => { field.value = 'x'.repeat(1_000_000); }")
    page.locator("#send").click()
    expect(answer(page)).to_contain_text("One two three", timeout=20_000)
    until(lambda: len(person.kept("user")) == 1_000_000)


def test_a_reload_in_the_middle_loses_nothing_that_had_arrived(
    house: ChatHouse, page: Page, person: Person
) -> None:
    house.upstream.say("reload", "Much of it. ", 1.3, "And some more.", Hold("never"))
    send(page, "reload")
    expect(answer(page)).to_contain_text("And some more.")
    page.reload()
    expect(answer(page).locator(".text")).to_have_text("Much of it. And some more.")
    expect(answer(page)).to_contain_text("This answer broke off when the page was left.")
    house.upstream.say("reload", " The end.")
    page.get_by_role("button", name="Continue", exact=True).click()
    expect(answer(page).locator(".text")).to_have_text("Much of it. And some more. The end.")


def test_a_reload_shows_what_had_arrived_even_if_its_last_write_has_not(
    house: ChatHouse, page: Page, person: Person
) -> None:
    house.upstream.say("lag", "All of ", Hold("rest"), "it.", Hold("never"))
    page.route("**/append", lambda route: route.abort())
    send(page, "lag")
    expect(answer(page)).to_contain_text("All of")
    house.upstream.release("rest")
    expect(answer(page).locator(".text")).to_have_text("All of it.")
    page.reload()
    expect(answer(page).locator(".text")).to_have_text("All of it.")
    until(lambda: person.kept("assistant") == "All of it.")
    page.reload()
    expect(answer(page).locator(".text")).to_have_text("All of it.")
    expect(answer(page)).to_contain_text("This answer broke off when the page was left.")


def test_no_model_has_its_advice(house: ChatHouse, page: Page) -> None:
    page.route("**/api/tags", lambda route: route.fulfill(json={"models": []}))
    page.reload()
    expect(page.get_by_text("No model is installed. On the server, run: ollama pull NAME")).to_be_visible()
    expect(page.locator("#send")).to_be_disabled()
    expect(page.locator("#model")).to_be_disabled()
