"""One theatre a module, or one gate process, in an event loop of the module's own."""

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from tests.fakes.ollama import fake_ollama
from tests.hostile.gate_process import gate_process
from tests.hostile.outside import Outside
from tests.hostile.theatre import Theatre

HURRY = {"SLUICE_LIMITS__HEAD_S": "2"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The whole suite of odd bytes takes half a minute: CI runs it each time, a developer by name."""
    for item in items:
        if "tests/hostile/" in item.nodeid:
            item.add_marker(pytest.mark.slow)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def theatre(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Theatre]:
    """Where the module's cases play."""
    theatre = Theatre(lambda: tmp_path_factory.mktemp("stage"))
    yield theatre
    await theatre.strike()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def outside(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Outside]:
    """A gate with default limits, warm: what it needs for its first requests is not the flood's."""
    async with (
        fake_ollama() as upstream,
        gate_process(tmp_path_factory.mktemp("flood"), upstream.url, **HURRY) as gate,
    ):
        found = Outside(gate, upstream)
        await found.latencies(50)
        yield found
