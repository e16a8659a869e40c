"""One theatre a module, in an event loop of the module's own."""

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from tests.hostile.theatre import Theatre


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def theatre(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Theatre]:
    """Where the module's cases play."""
    theatre = Theatre(lambda: tmp_path_factory.mktemp("stage"))
    yield theatre
    await theatre.strike()
