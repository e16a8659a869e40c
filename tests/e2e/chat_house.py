"""The chat page as people have it: a real browser, the real gate and web app, and a scripted model behind them."""

import secrets
import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.chat_upstream import ChatUpstream, Hold, chat_upstream
from tests.e2e.pages import clean_page
from tests.e2e.processes import Sluice, running_sluice

PASSWORD = "correct horse battery staple"


@dataclass
class Person:
    """Somebody with an account, signed in outside the browser as well."""

    name: str
    session: requests.Session
    url: str

    @property
    def cookies(self) -> list[dict[str, Any]]:
        """For a browser context."""
        return [{"name": each.name, "value": each.value, "url": self.url} for each in self.session.cookies]

    def sign_in(self) -> None:
        """Sign in again, after the session has ended."""
        body = {"username": self.name, "password": PASSWORD}
        answer = self.session.post(
            f"{self.url}/api/auth/login", json=body, headers={"Origin": self.url}, timeout=20
        )
        answer.raise_for_status()

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """What the server says to a request of this person's; raises for a refusal."""
        headers = {"X-CSRF-Token": self.session.cookies["sluice_csrf"], "Origin": self.url}
        answer = self.session.request(method, self.url + path, json=body, headers=headers, timeout=10)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def chats(self) -> list[dict[str, Any]]:
        """The chats the server keeps for this person, whole."""
        rows = self.ask("GET", "/api/conversations")["conversations"]
        return [self.ask("GET", f"/api/conversations/{row['id']}") for row in rows]

    def kept(self, role: str) -> str:
        """The last text of this role that the server keeps in the latest chat; empty while there is none."""
        texts = [each["content"] for chat in self.chats()[:1] for each in chat["messages"] if each["role"] == role]
        return str(texts[-1]) if texts else ""


@dataclass
class ChatHouse:
    """A running Sluice with its scripted model."""

    sluice: Sluice
    upstream: ChatUpstream
    chief: Person
    """Its administrator."""
    invite: str
    key: str

    @property
    def url(self) -> str:
        return self.sluice.url

    def person(self) -> Person:
        """Somebody new."""
        return _registered(self.url, f"p{secrets.token_hex(4)}", self.invite)

    def occupy(self, name: str) -> None:
        """An app holds the only slot until `upstream.release(name)`."""
        self.in_line(name)
        until(lambda: any(_prompt(body) == f"hold {name}" for body in self.upstream.asked))

    def in_line(self, name: str, **headers: str) -> None:
        """An app asks; it is answered only after `upstream.release(name)`."""
        self.upstream.say(f"hold {name}", Hold(name), "done")
        self._background(f"hold {name}", headers)

    def _background(self, prompt: str, headers: dict[str, str]) -> None:
        body = {"model": "plain:1b", "messages": [{"role": "user", "content": prompt}], "stream": False}
        sent = {"X-API-Key": self.key} | headers

        def ask() -> None:
            requests.post(f"{self.url}/api/chat", json=body, headers=sent, timeout=60).close()

        threading.Thread(target=ask, daemon=True).start()


def _prompt(body: dict[str, Any]) -> str:
    return str(body["messages"][-1]["content"])


def _registered(url: str, name: str, token: str) -> Person:
    session = requests.Session()
    body = {"username": name, "password": PASSWORD, "token": token}
    answer = session.post(f"{url}/api/auth/register", json=body, headers={"Origin": url}, timeout=20)
    answer.raise_for_status()
    return Person(name, session, url)


@contextmanager
def chat_house(data_dir: Path, **environ: str) -> Generator[ChatHouse]:
    """Sluice with one slot, an invite for everybody and a key for an app."""
    with (
        chat_upstream() as upstream,
        running_sluice(data_dir, SLUICE_UPSTREAM__URL=upstream.fake.url, **environ) as sluice,
    ):
        assert sluice.setup_link is not None
        chief = _registered(sluice.url, "chief", sluice.setup_link.partition("#")[2])
        invite = chief.ask("POST", "/api/admin/tokens", {"uses": 200})["token"]
        key = chief.ask("POST", "/api/admin/keys", {"name": "app"})["key"]
        yield ChatHouse(sluice, upstream, chief, invite, key)
        upstream.release_all()


@contextmanager
def chat_page(
    browser: Browser, person: Person, path: str = "/chat", foreseen: Sequence[str] = (), **options: Any
) -> Generator[Page]:
    """This person's chat page, ready to type into. It fails on any console error or policy violation."""
    with clean_page(browser, foreseen, **options) as page:
        enter(page, person, path)
        yield page


def enter(page: Page, person: Person, path: str = "/chat") -> None:
    """Open this person's chat page, and wait until it can be typed into."""
    page.context.add_cookies(person.cookies)  # type: ignore[arg-type] # typed dictionaries of Playwright's own
    page.goto(person.url + path)
    expect(page.locator("#model")).to_be_enabled()


@contextmanager
def chief_page(
    house: ChatHouse, browser: Browser, foreseen: Sequence[str] = ("Failed to load",)
) -> Generator[Page]:
    """The administrator's browser, nowhere yet; refusals that tests cause are no complaint."""
    with clean_page(browser, foreseen) as page:
        page.context.add_cookies(house.chief.cookies)  # type: ignore[arg-type] # typed dictionaries of Playwright's own
        yield page


def send(page: Page, text: str) -> None:
    """Type and send."""
    page.locator("#prompt").fill(text)
    page.locator("#prompt").press("Enter")


def answer(page: Page) -> Locator:
    """The last answer."""
    return page.locator("article.assistant").last


def until(holds: Callable[[], bool], timeout_s: float = 10) -> None:
    """Return once it holds; for states that nothing announces."""
    deadline = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < deadline, f"waited {timeout_s} s in vain"
        time.sleep(0.02)
