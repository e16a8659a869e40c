"""What several suites share: the model behind the gate, and the chat page of their `person`.

The same suite runs in front of the demo model, and of a real Ollama where one is named.
"""

from collections.abc import Generator, Sequence

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.e2e.chat_house import Person, enter
from tests.e2e.pages import watched_page
from tests.e2e.upstreams import DEMO, Upstream, live_upstream


@pytest.fixture(scope="module", params=["demo", pytest.param("live", marks=pytest.mark.live)])
def upstream(request: pytest.FixtureRequest) -> Upstream:
    """The model behind the gate."""
    if request.param == "demo":
        return DEMO
    live = live_upstream()
    if live is None:
        pytest.skip("set SLUICE_TEST_OLLAMA and SLUICE_TEST_MODEL to run against a real Ollama")
    return live


@pytest.fixture(scope="module")
def window(browser: Browser) -> Generator[BrowserContext]:
    """One browser for all tests of a module, which has to fetch the files of the page only once."""
    context = browser.new_context()
    yield context
    context.close()


@pytest.fixture
def foreseen() -> Sequence[str]:
    """Beginnings of the console errors that the tests of a module mean to cause."""
    return ()


@pytest.fixture
def page(person: Person, window: BrowserContext, foreseen: Sequence[str]) -> Generator[Page]:
    """The chat page in a browser that remembers nobody."""
    window.set_storage_state({"cookies": [], "origins": []})
    window.clear_permissions()
    with watched_page(window, foreseen) as opened:
        enter(opened, person)
        yield opened
