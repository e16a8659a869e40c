"""The same suite runs in front of the demo model, and of a real Ollama where one is named."""

import pytest

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
