"""Pages of a real browser that fail their test on any script error, console error or policy violation."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page

_WATCH_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) => console.error("CSP: " + event.violatedDirective));
"""


def register(page: Page, link: str, name: str, password: str) -> None:
    """Make an account with a set-up or invite link, and arrive where people of its kind do."""
    page.goto(link)
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(password)
    page.locator("#submit").click()


@dataclass
class Tab:
    """A page that notes complaints; `foreseen` are beginnings of console errors that a test means to cause."""

    page: Page
    foreseen: Sequence[str] = ()
    complaints: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        self.page.add_init_script(_WATCH_VIOLATIONS)
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(tuple(self.foreseen)):
            self.complaints.append(f"{message.text} ({message.location})")

    def verdict(self) -> None:
        """Fail the test if there was a complaint since the last one."""
        told, self.complaints = self.complaints, []
        assert told == [], told

    def forget(self) -> None:
        """Become as good as new: no other tabs, nothing stored, nobody signed in; only cached files are kept."""
        context = self.page.context
        for other in context.pages:
            if other is not self.page:
                other.close()
        self.page.unroute_all()
        context.set_offline(False)
        context.clear_permissions()
        self.page.evaluate("localStorage.clear()")
        self.page.goto("about:blank")
        context.clear_cookies()


@contextmanager
def clean_page(browser: Browser, foreseen: Sequence[str] = (), **options: Any) -> Generator[Page]:
    """A page in a context of its own (no cookies of anybody else), with these options of Playwright's.

    It fails its test on any complaint that is not foreseen.
    """
    context = browser.new_context(**options)
    tab = Tab(context.new_page(), foreseen)
    yield tab.page
    context.close()
    tab.verdict()
