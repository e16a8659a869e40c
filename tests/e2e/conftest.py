"""What several suites share: the model behind the gate, and the chat page of their `person`.

The same suite runs in front of the demo model, and of a real Ollama where one is named.
"""

from collections.abc import Generator, Sequence

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.chat_house import ChatHouse, Person, chat_house, enter
from tests.e2e.pages import Tab
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


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Generator[ChatHouse]:
    """One Sluice for all suites that do not need one of their own; each test brings its people and its prompts."""
    with chat_house(tmp_path_factory.mktemp("house") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Generator[Tab]:
    """One tab for all tests of a module: starting one takes longer than most tests."""
    context = browser.new_context()
    yield Tab(context.new_page())
    context.close()


@pytest.fixture
def foreseen() -> Sequence[str]:
    """Beginnings of the console errors that the tests of a module mean to cause."""
    return ()


@pytest.fixture
def page(person: Person, tab: Tab, foreseen: Sequence[str]) -> Generator[Page]:
    """The chat page in a browser that remembers nobody."""
    tab.foreseen = foreseen
    enter(tab.page, person)
    yield tab.page
    tab.forget()
    tab.verdict()
