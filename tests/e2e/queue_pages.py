"""What the tests of the live queue and of the overview share: a busy gate, and the rows that are shown."""

from collections.abc import Generator
from contextlib import contextmanager

from playwright.sync_api import Browser, Locator, Page

from tests.e2e.chat_house import ChatHouse, Person, chief_page, until


def let_all_go(house: ChatHouse) -> None:
    """Release whatever waits or runs, until nothing does."""

    def is_idle() -> bool:
        # Whoever waited is held only once it is their turn.
        house.upstream.release_all()
        return not any(house.sluice.totals(house.key).values())

    until(is_idle)


def waiting_rows(page: Page) -> Locator:
    """Those that wait, without the reasons below them."""
    return page.locator("#queue-waiting tbody tr:not(.why)")


def running_rows(page: Page) -> Locator:
    """Those that run."""
    return page.locator("#queue-running tbody tr")


def busy(house: ChatHouse, name: str, *waiting: str) -> None:
    """One runs and these wait, in this order."""
    house.occupy(f"{name} slot")
    for count, each in enumerate(waiting, 1):
        house.in_line(f"{name} {each}")
        until_waiting(house, count)


def until_waiting(house: ChatHouse, count: int) -> None:
    """Return once so many wait."""
    until(lambda: house.sluice.totals(house.key)["waiting"] == count)


@contextmanager
def steering_page(house: ChatHouse, browser: Browser, path: str) -> Generator[Page]:
    """A page of the administrator's, open; whatever a test leaves behind is cleared away."""
    with chief_page(house, browser) as page:
        page.goto(house.url + path)
        yield page
    house.sluice.command("resume")
    let_all_go(house)


@contextmanager
def allow_listed(boss: Person) -> Generator[None]:
    """Let this machine in by its address."""
    rule = boss.ask("POST", "/api/admin/whitelist", {"ip": "127.0.0.1"})
    try:
        yield
    finally:
        boss.ask("DELETE", f"/api/admin/whitelist/{rule['id']}")
