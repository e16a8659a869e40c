"""Pages of a real browser that fail their test on any script error, console error or policy violation."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

_WATCH_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) => console.error("CSP: " + event.violatedDirective));
"""


def register(page: Page, link: str, name: str, password: str) -> None:
    """Make an account with a set-up or invite link, and arrive where people of its kind do."""
    page.goto(link)
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(password)
    page.locator("#submit").click()


@contextmanager
def clean_page(browser: Browser, foreseen: Sequence[str] = (), **options: Any) -> Generator[Page]:
    """A page in a context of its own (no cookies of anybody else), with these options of Playwright's."""
    context = browser.new_context(**options)
    with watched_page(context, foreseen) as page:
        yield page
    context.close()


@contextmanager
def watched_page(context: BrowserContext, foreseen: Sequence[str] = ()) -> Generator[Page]:
    """A page that fails its test on any complaint.

    `foreseen` are beginnings of console errors that the test means to cause.
    """
    complaints: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(tuple(foreseen)):
            complaints.append(f"{message.text} ({message.location})")

    page = context.new_page()
    page.add_init_script(_WATCH_VIOLATIONS)
    page.on("console", on_console)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    page.close()
    assert complaints == []
