"""What several suites share: the model behind the gate, and the chat page of their `person`.

The same suite runs in front of the demo model, and of a real Ollama where one is named.
"""

from collections.abc import Generator

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.chat_house import Person, chat_page
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


@pytest.fixture
def page(person: Person, browser: Browser) -> Generator[Page]:
    """The chat page in a fresh browser."""
    with chat_page(browser, person) as opened:
        yield opened
