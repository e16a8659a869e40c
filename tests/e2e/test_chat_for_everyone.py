"""The chat page for everyone: keyboard, small screens, themes, screen readers, less motion."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.chat_house import ChatHouse, Person, answer, chat_page, send, until
from tests.e2e.chat_upstream import Hold

pytestmark = [pytest.mark.slow, pytest.mark.browser]

PHONE = {"width": 360, "height": 640}


@pytest.fixture(scope="module")
def person(house: ChatHouse) -> Person:
    """Whose chats they are."""
    house.upstream.say("code", "Text\n\n```sh\nls -la\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
    return house.person()


def test_every_shortcut_does_what_the_list_says(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.keyboard.press("Control+/")
    dialog = page.get_by_role("dialog", name="Keyboard")
    expect(dialog.get_by_role("row")).to_have_count(11)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    send(page, "code")
    expect(answer(page)).to_contain_text("tokens")
    expect(answer(page).locator(".code")).to_be_visible()
    page.keyboard.press("Control+Shift+Semicolon")
    until(lambda: page.evaluate("navigator.clipboard.readText()") == "ls -la")
    page.keyboard.press("Control+Shift+C")
    until(lambda: page.evaluate("navigator.clipboard.readText()").startswith("Text\n\n```sh"))
    page.keyboard.press("Control+b")
    expect(page.locator("#sidebar")).to_be_hidden()
    page.keyboard.press("Control+Shift+S")
    expect(page.locator("#sidebar")).to_be_visible()
    page.locator("#options").focus()
    page.keyboard.press("Shift+Escape")
    expect(page.locator("#prompt")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_label("Edit your message")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#prompt")).to_be_focused()
    page.keyboard.press("Control+Shift+O")
    expect(page.locator("article")).to_have_count(0)


def test_enter_belongs_to_the_input_method_while_it_composes(house: ChatHouse, page: Page) -> None:
    asked = len(house.upstream.asked)
    page.locator("#prompt").fill("にほん")
    page.locator("#prompt").dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    page.locator("#prompt").press("Shift+Enter")
    expect(page.locator("#prompt")).to_have_value("にほん\n")
    assert len(house.upstream.asked) == asked
    page.locator("#prompt").fill("")


def test_the_whole_page_is_reached_by_tab(page: Page) -> None:
    send(page, "code")
    expect(answer(page)).to_contain_text("tokens")
    names: set[str] = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        names.add(page.evaluate(_FOCUSED))
    for name in (
        "new-chat",
        "model",
        "options",
        "transcript",
        "prompt",
        "more",
        "account-link",
        "Copy",
        "Edit",
        "Regenerate",
    ):
        assert name in names, name


_FOCUSED = """(() => {
  const { activeElement: focused } = document;
  return focused.id || focused.getAttribute("aria-label") || focused.textContent.trim();
})()"""


def test_screen_readers_hear_the_stages_and_not_every_token(house: ChatHouse, page: Page) -> None:
    page.evaluate(_LISTEN)
    house.upstream.say("aloud", *(f"word{number} " for number in range(50)))
    send(page, "aloud")
    expect(answer(page)).to_contain_text("tokens")
    expect(page.locator("#status")).to_have_text("Answer complete, 50 words.")
    assert page.evaluate("heard") == ["Sent.", "The answer has started.", "Answer complete, 50 words."]
    expect(page.locator("#transcript")).to_have_attribute("aria-live", "off")


_LISTEN = """() => {
  globalThis.heard = [];
  const status = document.getElementById("status");
  new MutationObserver((records) => {
    for (const record of records) for (const node of record.addedNodes) heard.push(node.textContent);
  }).observe(status, { childList: true });
}"""


def test_a_phone_has_a_drawer_and_nothing_is_cut_off(person: Person, browser: Browser) -> None:
    with chat_page(browser, person, viewport=PHONE) as page:
        expect(page.locator("#sidebar")).to_be_hidden()
        send(page, "code")
        expect(answer(page)).to_contain_text("tokens")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        bottom = page.locator("#composer").bounding_box()
        assert bottom is not None
        assert bottom["y"] + bottom["height"] <= 640
        page.get_by_role("button", name="Show or hide the chats").click()
        expect(page.locator("#new-chat")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.locator("#sidebar")).to_be_hidden()
        expect(page.locator("#bars")).to_be_focused()


def test_what_can_be_pressed_on_a_phone_is_large_enough(person: Person, browser: Browser) -> None:
    with chat_page(browser, person, viewport=PHONE) as page:
        send(page, "code")
        expect(answer(page)).to_contain_text("tokens")
        page.get_by_role("button", name="Show or hide the chats").click()
        assert page.evaluate(_SMALL) == []


_SMALL = """() => [...document.querySelectorAll("button, a[href], summary, input:not([tabindex='-1'])")]
  .map((element) => [element, element.getBoundingClientRect()])
  .filter(([element, box]) => box.width > 0 && (box.height < 43.9 || box.width < 35.9))
  .map(([element, box]) => `${element.outerHTML.slice(0, 80)} ${box.width}x${box.height}`)"""


def test_the_theme_follows_the_system_until_one_is_chosen(person: Person, browser: Browser) -> None:
    with chat_page(browser, person, color_scheme="dark") as page:
        assert page.evaluate(_GROUND) == "rgb(23, 25, 28)"
        page.locator("#more").click()
        page.get_by_role("radio", name="Light").check()
        assert page.evaluate(_GROUND) == "rgb(255, 255, 255)"
        page.reload(wait_until="commit")
        page.locator("body").wait_for(state="attached")
        assert page.evaluate("document.documentElement.dataset.theme") == "light"
        page.wait_for_load_state()


_GROUND = "getComputedStyle(document.body).backgroundColor"


def test_nothing_moves_for_people_who_want_less_motion(house: ChatHouse, person: Person, browser: Browser) -> None:
    with chat_page(browser, person, reduced_motion="reduce") as page:
        house.upstream.say("still", Hold("still"), "done")
        send(page, "still")
        expect(answer(page).locator(".bar")).to_be_attached()
        assert page.evaluate("document.getAnimations().length") == 0
        house.upstream.release("still")
        expect(answer(page)).to_contain_text("done")


def test_dialogs_give_the_focus_back(page: Page) -> None:
    for name in ("#options", "#more"):
        page.locator(name).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        page.get_by_role("button", name="Close", exact=True).click()
        expect(page.locator(name)).to_be_focused()


def test_without_scripts_the_page_explains_itself(person: Person, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(person.cookies)  # type: ignore[arg-type] # typed dictionaries of Playwright's own
    page = context.new_page()
    page.goto(f"{person.url}/chat")
    expect(page.get_by_text(re.compile("needs JavaScript"))).to_be_visible()
    context.close()


def test_every_message_has_a_name_and_there_is_one_first_heading(page: Page) -> None:
    send(page, "code")
    expect(answer(page)).to_contain_text("tokens")
    expect(page.get_by_role("article", name="You")).to_have_count(1)
    expect(page.get_by_role("article", name=re.compile(":"))).to_have_count(1)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
