"""No page keeps anybody out: axe finds nothing in light and dark, wide and narrow, and each field has a label."""

from collections.abc import Iterator, Sequence

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.accessibility import NARROW, WIDE, findings
from tests.e2e.chat_house import ChatHouse, Person, answer, chat_page, send, until
from tests.e2e.chat_upstream import THINKER, Hold, Refuse, Think
from tests.e2e.pages import clean_page

pytestmark = [pytest.mark.slow, pytest.mark.browser]

_ANSWER = """Some **words**, `code` and [a link](https://example.org).

| a | b |
|---|--:|
| 1 | 2 |

```python
def area(r: float) -> float:
    return 3.14 * r ** 2  # the usual
```

> quoted, $e^{i}$
"""


@pytest.fixture(scope="module")
def person(house: ChatHouse) -> Person:
    """Who asks for all there is to see."""
    house.upstream.say("show all", Think("Let me see. "), _ANSWER)
    house.upstream.say("go wrong", Refuse(500, "llama runner process has terminated"))
    house.upstream.say("grow", Think("Well. "), "Half of it", Hold("grow"))
    return house.person()


def test_the_states_of_the_chat_page(house: ChatHouse, person: Person, browser: Browser) -> None:
    with chat_page(browser, person, foreseen=("Failed to load resource",)) as page:
        _none([*_answers(house, page), *_dialogs(page), *_sidebar(page)])


def _answers(house: ChatHouse, page: Page) -> Iterator[str]:
    yield from findings(page, "empty chat", [WIDE])
    # Beside an open list of chats a narrow page is covered, and axe passes over it.
    page.keyboard.press("Control+b")
    yield from findings(page, "empty chat")
    page.locator("#model").click()
    yield from findings(page, "choice of models")
    page.get_by_role("option", name=THINKER).click()
    send(page, "show all")
    expect(answer(page)).to_contain_text("tokens")
    expect(page.locator(".hljs-keyword").first).to_be_visible()
    expect(page.locator(".katex")).to_be_visible()
    answer(page).locator("summary").click()
    yield from findings(page, "answer")
    yield from _waiting(house, page)
    send(page, "grow")
    expect(answer(page)).to_contain_text("Half of it")
    yield from findings(page, "growing answer")
    page.keyboard.press("Escape")
    expect(answer(page)).to_contain_text("Stopped.")
    yield from findings(page, "stopped answer")
    send(page, "go wrong")
    expect(page.get_by_role("alert")).to_contain_text("has terminated")
    yield from findings(page, "error")


def _waiting(house: ChatHouse, page: Page) -> Iterator[str]:
    house.occupy("axe")
    house.in_line("axe too")
    until(lambda: house.sluice.totals(house.key)["waiting"] == 1)
    send(page, "wait")
    expect(answer(page)).to_contain_text("2nd in line")
    yield from findings(page, "waiting card")
    page.get_by_role("button", name="Leave", exact=True).click()
    expect(answer(page)).to_contain_text("You left the line")
    yield from findings(page, "line left")
    for name in ("axe", "axe too"):
        house.upstream.release(name)


def _dialogs(page: Page) -> Iterator[str]:
    page.context.set_offline(True)
    expect(page.get_by_text("You are offline.")).to_be_visible()
    page.locator("article.user").first.get_by_role("button", name="Edit").click()
    yield from findings(page, "offline, editing")
    page.context.set_offline(False)
    page.keyboard.press("Escape")
    for key, name in (("Control+/", "Keyboard"), ("Control+k", "Search your chats")):
        page.keyboard.press(key)
        expect(page.get_by_role("dialog", name=name)).to_be_visible()
        yield from findings(page, name)
        page.keyboard.press("Escape")
    page.keyboard.press("Control+b")
    for opener, name in (("#options", "Options of this chat"), ("#more", "Chats and settings")):
        page.locator(opener).click()
        expect(page.get_by_role("dialog", name=name)).to_be_visible()
        yield from findings(page, name)
        page.keyboard.press("Escape")


def _sidebar(page: Page) -> Iterator[str]:
    page.get_by_role("button", name="Rename “show all”").click()
    yield from findings(page, "renaming", [WIDE])
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Delete “show all”").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    page.reload()
    page.get_by_role("button", name="Show or hide the chats").click()
    expect(page.locator("#new-chat")).to_be_focused()
    yield from findings(page, "drawer", [NARROW])


def test_the_pages_of_a_door(house: ChatHouse, browser: Browser) -> None:
    with clean_page(browser, foreseen=("Failed to load resource",)) as page:
        found: list[str] = []
        for path in ("/login", "/register", "/setup", "/reset", f"/register#{house.invite}"):
            page.goto(house.url + path)
            found += findings(page, path)
        page.goto(f"{house.url}/login")
        page.get_by_label("User name").fill("nobody")
        page.get_by_label("Password").fill("a wrong password")
        page.locator("#submit").click()
        expect(page.get_by_role("alert")).to_be_visible()
        found += findings(page, "refused sign-in")
    _none(found)


def test_the_account_and_admin_pages(house: ChatHouse, browser: Browser) -> None:
    _fill(house)
    with clean_page(browser, foreseen=("Failed to load resource",)) as page:
        page.context.add_cookies(house.chief.cookies)  # type: ignore[arg-type] # typed dictionaries of Playwright's own
        found: list[str] = []
        for path in _paths(house, page):
            page.goto(house.url + path)
            _open_all(page)
            found += findings(page, path)
    _none(found)


def _fill(house: ChatHouse) -> None:
    """Something of each kind, in each of its states."""
    chief = house.chief
    chief.ask("POST", "/api/admin/whitelist", {"ip": "192.0.2.0/24", "name": "office"})
    revoked = chief.ask("POST", "/api/admin/keys", {"name": "revoked"})["id"]
    chief.ask("DELETE", f"/api/admin/keys/{revoked}")


def _paths(house: ChatHouse, page: Page) -> list[str]:
    """The account page, each section of the panel, and the page of a key and of a person."""
    page.goto(f"{house.url}/admin")
    sections = page.get_by_role("navigation", name="Administration").get_by_role("link")
    paths: list[str] = sections.evaluate_all("(links) => links.map((link) => link.getAttribute('href'))")
    return ["/account", *paths, "/admin/keys/1", "/admin/users/1", "/admin/keys/999"]


def _open_all(page: Page) -> None:
    """Show what is folded away."""
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")


def test_what_would_keep_people_out_is_found(browser: Browser) -> None:
    with clean_page(browser) as page:
        page.set_content(
            '<html lang="en"><title>t</title><main><h1>t</h1><input placeholder="Name"><button></button>'
        )
        found = findings(page, "bad", [WIDE])
    assert [each.split(":")[1].strip() for each in found] == ["no label", "light, 1280 px", "dark, 1280 px"]
    assert all("button-name" in each for each in found[1:])


def _none(found: Sequence[str]) -> None:
    assert not found, "\n".join(["", *found])
