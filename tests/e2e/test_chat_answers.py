"""Asking and being answered in the chat page: streaming, stopping, repeating, branching, thinking, pictures."""

import base64
import random
import re
import struct
import time
import zlib
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.chat_house import ChatHouse, Person, answer, chat_page, send, until
from tests.e2e.chat_upstream import PLAIN, SEER, THINKER, Hold, Think
from tests.js.first_load import first_answer, first_load, name_of

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.fixture(scope="module")
def person(house: ChatHouse) -> Person:
    """Whose chats they are; each test begins a new one."""
    return house.person()


def test_an_empty_chat_page_fetches_nothing_that_only_answers_need(
    house: ChatHouse, person: Person, browser: Browser
) -> None:
    with chat_page(browser, person) as page:
        page.wait_for_load_state("networkidle")
        # The page itself is no resource of its own; it is in the count all the same.
        assert {"index.html"} | _fetched(page) == {name_of(path) for path in first_load()}
        send(page, "a first answer")
        expect(answer(page).locator(".text > p")).to_have_text("One two three")
        expected = {name_of(path) for path in first_load() | first_answer()}
        assert {"index.html"} | _fetched(page) == expected
        page.reload()
        expect(answer(page).locator(".text > p")).to_have_text("One two three")
        assert any("vendor/marked-" in name for name in _fetched(page))


def _fetched(page: Page) -> set[str]:
    """The files of the page that this browser has loaded so far."""
    names: list[str] = page.evaluate("performance.getEntriesByType('resource').map((each) => each.name)")
    return {found[1] for name in names if (found := re.search("/static/chat/as-[0-9a-f]{16}/(.+)", name))}


def test_text_appears_as_it_comes_and_a_selection_survives(house: ChatHouse, page: Page) -> None:
    house.upstream.say("stream", "First paragraph.\n\n", "Second", Hold("stream"), " grows.")
    send(page, "stream")
    expect(answer(page).locator("p").last).to_have_text("Second")
    expect(page.locator("#transcript")).to_have_attribute("aria-busy", "true")
    page.evaluate("getSelection().selectAllChildren(document.querySelector('.assistant .text p'))")
    house.upstream.release("stream")
    expect(answer(page)).to_contain_text("Second grows.")
    assert page.evaluate("getSelection().toString()") == "First paragraph."
    expect(page.locator("#transcript")).to_have_attribute("aria-busy", "false")


def test_the_page_follows_the_text_only_while_its_reader_is_at_the_end(house: ChatHouse, page: Page) -> None:
    house.upstream.say("long", "line\n\n" * 80, Hold("long"), "more\n\n" * 40, Hold("longer"), "end")
    send(page, "long")
    expect(answer(page).locator("p", has_text="line")).to_have_count(80)
    until(lambda: page.evaluate(_FROM_END) < 5)
    page.locator("#transcript").evaluate("(element) => { element.scrollTop = 100; }")
    expect(page.get_by_role("button", name="Jump to latest")).to_be_visible()
    house.upstream.release("long")
    expect(answer(page)).to_contain_text("more")
    assert page.locator("#transcript").evaluate("(element) => element.scrollTop") == 100
    page.get_by_role("button", name="Jump to latest").click()
    expect(page.get_by_role("button", name="Jump to latest")).to_be_hidden()
    house.upstream.release("longer")
    expect(answer(page)).to_contain_text("end")
    until(lambda: page.evaluate(_FROM_END) < 5)


def test_text_drawn_before_the_scroll_is_told_does_not_pull_the_reader_back(house: ChatHouse, page: Page) -> None:
    house.upstream.say("long", "line\n\n" * 80, Hold("long"))
    send(page, "long")
    expect(answer(page).locator("p", has_text="line")).to_have_count(80)
    until(lambda: page.evaluate(_FROM_END) < 5)
    page.locator("#transcript").evaluate("""(element) => {
        element.scrollTop = 100;
        element.dispatchEvent(new Event("drawn"));
    }""")
    expect(page.get_by_role("button", name="Jump to latest")).to_be_visible()
    assert page.locator("#transcript").evaluate("(element) => element.scrollTop") == 100
    house.upstream.release("long")


_FROM_END = """(() => {
  const element = document.getElementById("transcript");
  return element.scrollHeight - element.scrollTop - element.clientHeight;
})()"""


def test_stop_keeps_the_text_and_frees_the_slot(house: ChatHouse, page: Page) -> None:
    house.upstream.say("stop me", "Half of it", Hold("never"))
    cancelled = house.upstream.cancelled
    send(page, "stop me")
    expect(answer(page)).to_contain_text("Half of it")
    started = time.monotonic()
    page.locator("#send", has_text="Stop").click()
    until(lambda: house.sluice.totals(house.key)["running"] == 0)
    assert time.monotonic() - started < 1
    until(lambda: house.upstream.cancelled == cancelled + 1)
    expect(answer(page)).to_contain_text("Half of it")
    expect(answer(page)).to_contain_text("Stopped.")
    expect(page.locator("#prompt")).to_be_focused()


def test_escape_stops_as_well(house: ChatHouse, page: Page) -> None:
    house.upstream.say("escape", "Begun", Hold("never"))
    send(page, "escape")
    expect(answer(page)).to_contain_text("Begun")
    page.keyboard.press("Escape")
    expect(page.locator("#send", has_text="Send")).to_be_visible()
    until(lambda: house.sluice.totals(house.key)["running"] == 0)


def test_a_stopped_answer_can_go_on_where_it_stopped(house: ChatHouse, page: Page) -> None:
    house.upstream.say("go on", "One", Hold("never"))
    send(page, "go on")
    expect(answer(page)).to_contain_text("One")
    page.keyboard.press("Escape")
    house.upstream.say("go on", " two")
    page.get_by_role("button", name="Continue", exact=True).click()
    expect(answer(page).locator(".text")).to_have_text("One two")
    assert house.upstream.asked[-1]["messages"][-1] == {"role": "assistant", "content": "One"}


def test_regenerating_adds_a_version_and_both_can_be_read(house: ChatHouse, page: Page) -> None:
    house.upstream.say("again", "Answer A")
    send(page, "again")
    expect(answer(page)).to_contain_text("Answer A")
    house.upstream.say("again", "Answer B")
    page.get_by_role("button", name="Regenerate", exact=True).click()
    expect(answer(page)).to_contain_text("Answer B")
    expect(answer(page)).to_contain_text("2/2")
    page.get_by_role("button", name="Previous version").click()
    expect(answer(page)).to_contain_text("Answer A")
    expect(page.locator("article.assistant")).to_have_count(1)


def test_an_edited_question_becomes_a_branch(house: ChatHouse, page: Page, person: Person) -> None:
    send(page, "red")
    expect(answer(page)).to_contain_text("tokens")
    send(page, "and then")
    expect(page.locator("article.assistant")).to_have_count(2)
    expect(answer(page)).to_contain_text("tokens")
    page.locator("article.user").first.get_by_role("button", name="Edit", exact=True).click()
    page.get_by_label("Edit your message").fill("blue")
    page.keyboard.press("Enter")
    expect(page.locator("article")).to_have_count(2)
    expect(answer(page)).to_contain_text("tokens")
    until(lambda: person.chats()[0]["messages"][-1]["state"] == "complete")
    page.reload()
    expect(page.locator("article.user")).to_contain_text("blue")
    page.locator("article.user").get_by_role("button", name="Previous version").click()
    expect(page.locator("article")).to_have_count(4)
    expect(page.locator("article.user").first).to_contain_text("red")


def test_thinking_is_open_while_it_lasts_and_closes_when_the_answer_starts(house: ChatHouse, page: Page) -> None:
    house.upstream.say("think", Think("Let me see. "), 0.3, Hold("think"), "It is four.")
    _choose(page, THINKER)
    send(page, "think")
    block = answer(page).locator("details")
    expect(block).to_contain_text("Let me see.")
    expect(block).to_have_attribute("open", "")
    house.upstream.release("think")
    expect(answer(page)).to_contain_text("It is four.")
    expect(block).not_to_have_attribute("open", "")
    expect(block.locator("summary")).to_have_text(re.compile(r"Thought for \d+\.\d s"))
    assert house.upstream.asked[-1]["think"] is True


def test_thinking_that_somebody_has_touched_stays_as_they_left_it(house: ChatHouse, page: Page) -> None:
    house.upstream.say("touch", "<think>Hm", Hold("touch"), "m</think>", "Done.")
    send(page, "touch")
    block = answer(page).locator("details")
    expect(block).to_contain_text("Hm")
    block.locator("summary").click()
    block.locator("summary").click()
    house.upstream.release("touch")
    expect(answer(page).locator(".text")).to_have_text("Done.")
    expect(block).to_have_attribute("open", "")


def test_thinking_can_be_switched_off_for_a_chat(house: ChatHouse, page: Page) -> None:
    _choose(page, THINKER)
    page.get_by_role("button", name="Think", exact=True).click()
    send(page, "no thinking")
    expect(answer(page)).to_contain_text("tokens")
    assert house.upstream.asked[-1]["think"] is False


def test_figures_stand_under_each_answer(house: ChatHouse, page: Page) -> None:
    send(page, "figures")
    line = "3 tokens · took 1.0 s · 50.0 tokens/s · prompt 240.0 tokens/s · loaded in 0.7 s · waited 0 s"
    expect(answer(page).locator(".statistics")).to_have_text(line)


def test_a_message_is_copied_as_it_was_written(house: ChatHouse, page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    house.upstream.say("copy", "Some **weight**")
    send(page, "copy")
    expect(answer(page)).to_contain_text("tokens")
    answer(page).get_by_role("button", name="Copy", exact=True).click()
    expect(answer(page).get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "Some **weight**"


def test_the_options_of_a_chat_go_along_with_every_question(house: ChatHouse, page: Page) -> None:
    page.get_by_role("button", name="Options", exact=True).click()
    page.get_by_label("System prompt").fill("Be brief.")
    page.get_by_label("Temperature").fill("0.2")
    page.get_by_label("Keep loaded").fill("1h")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("button", name="Options, 3 changed")).to_be_focused()
    send(page, "with options")
    expect(answer(page)).to_contain_text("tokens")
    asked = house.upstream.asked[-1]
    assert asked["messages"][0] == {"role": "system", "content": "Be brief."}
    assert (asked["options"], asked["keep_alive"]) == ({"temperature": 0.2}, "1h")
    page.reload()
    page.get_by_role("button", name="Options, 3 changed").click()
    page.get_by_role("button", name="Reset all to default").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("button", name="Options", exact=True)).to_be_visible()


def test_models_are_found_by_name_and_the_last_choice_is_kept(house: ChatHouse, page: Page) -> None:
    page.locator("#model").click()
    expect(page.get_by_role("option")).to_have_count(3)
    expect(page.get_by_role("option", name=SEER)).to_contain_text("3.3 GB")
    expect(page.get_by_role("option", name=SEER)).to_contain_text("pictures")
    page.get_by_label("Find a model").fill("plain")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#model")).to_contain_text(PLAIN)
    expect(page.locator("#model")).to_be_focused()
    page.reload()
    expect(page.locator("#model")).to_contain_text(PLAIN)


def test_models_in_memory_come_first(house: ChatHouse, page: Page) -> None:
    house.upstream.loaded = {PLAIN}
    page.locator("#model").click()
    expect(page.get_by_role("group", name="Loaded").get_by_role("option")).to_have_text([re.compile(PLAIN)])
    assert page.get_by_role("option").first.inner_text().startswith(PLAIN)


def test_a_picture_is_shown_made_smaller_and_sent_to_a_model_that_sees(house: ChatHouse, page: Page) -> None:
    _choose(page, SEER)
    page.locator("input[type=file]").set_input_files(
        {"name": "big.png", "mimeType": "image/png", "buffer": _png(4000, 1000)}
    )
    expect(page.locator("#composer img")).to_have_count(1)
    send(page, "what is this")
    expect(answer(page)).to_contain_text("tokens")
    expect(page.locator("#composer img")).to_have_count(0)
    (sent,) = house.upstream.asked[-1]["messages"][-1]["images"]
    assert struct.unpack(">II", base64.b64decode(sent)[16:24]) == (2048, 512)
    page.reload()
    assert (
        page.locator("article.user img").evaluate("(image) => image.decode().then(() => image.naturalWidth)")
        == 2048
    )


def test_a_picture_can_be_pasted_and_removed(house: ChatHouse, page: Page) -> None:
    _choose(page, SEER)
    page.evaluate(_PASTE, base64.b64encode(_png(4, 4)).decode())
    expect(page.locator("#composer img")).to_have_count(1)
    page.get_by_role("button", name="Remove").click()
    expect(page.locator("#composer img")).to_have_count(0)


def test_a_picture_can_be_dropped_anywhere_on_the_chat(house: ChatHouse, page: Page) -> None:
    _choose(page, SEER)
    page.evaluate(_DROP, base64.b64encode(_png(4, 4)).decode())
    expect(page.locator("#composer").get_by_alt_text("dropped.png")).to_be_visible()


_DROP = """(base64) => {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const carried = new DataTransfer();
  carried.items.add(new File([bytes], "dropped.png", { type: "image/png" }));
  const event = new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true });
  const isUnanswered = document.getElementById("transcript").dispatchEvent(event);
  if (isUnanswered) throw new Error("the browser would open the file");
}"""


def test_twenty_megabytes_of_picture_are_made_small_enough(house: ChatHouse, page: Page, tmp_path: Path) -> None:
    _choose(page, SEER)
    picture = tmp_path / "noise.png"
    picture.write_bytes(_noise_png(2600, 2600))
    assert picture.stat().st_size > 20_000_000
    page.locator("input[type=file]").set_input_files(picture)
    expect(page.locator("#composer").get_by_alt_text("noise.png")).to_be_visible(timeout=20_000)
    send(page, "noise")
    expect(answer(page)).to_contain_text("tokens", timeout=20_000)
    (sent,) = house.upstream.asked[-1]["messages"][-1]["images"]
    assert len(sent) < 4 * 1024 * 1024


@pytest.mark.parametrize("size_bytes", [2, 20_000_000])
def test_a_file_that_is_no_picture_has_its_sentence_and_the_chat_stays(
    house: ChatHouse, page: Page, tmp_path: Path, size_bytes: int
) -> None:
    _choose(page, SEER)
    send(page, "before the file")
    expect(answer(page)).to_contain_text("tokens")
    page.locator("#prompt").fill("what I was writing")
    file = tmp_path / "a.png"
    file.write_bytes(b"n" * size_bytes)
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_role("alert")).to_contain_text("a.png is not a picture")
    expect(page.locator("#prompt")).to_have_value("what I was writing")
    expect(page.locator("article")).to_have_count(2)
    page.locator("#prompt").fill("")


def test_pictures_are_not_offered_for_a_model_that_cannot_see(house: ChatHouse, page: Page) -> None:
    _choose(page, PLAIN)
    expect(page.get_by_role("button", name="Add pictures")).to_have_count(0)
    page.evaluate(_PASTE, base64.b64encode(_png(4, 4)).decode())
    expect(page.get_by_role("alert")).to_contain_text("cannot see pictures")


_PASTE = """(base64) => {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const carried = new DataTransfer();
  carried.items.add(new File([bytes], "pasted.png", { type: "image/png" }));
  const event = new ClipboardEvent("paste", { clipboardData: carried, bubbles: true, cancelable: true });
  document.getElementById("prompt").dispatchEvent(event);
}"""


def _choose(page: Page, model: str) -> None:
    page.locator("#model").click()
    page.get_by_role("option", name=model).click()


def _png(width: int, height: int) -> bytes:
    return _picture(width, height, 0, zlib.compress((b"\0" + b"\x80" * width) * height))


def _noise_png(width: int, height: int) -> bytes:
    """In colour, and with nothing in it that could be made smaller without loss."""
    rows = b"".join(b"\0" + random.randbytes(3 * width) for _ in range(height))
    return _picture(width, height, 2, zlib.compress(rows, 0))


def _picture(width: int, height: int, colours: int, content: bytes) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, colours, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", content) + chunk(b"IEND", b"")
