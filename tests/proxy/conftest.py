"""The running gate most tests here need."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.proxy.houses import House, house_with_fake


@pytest.fixture
async def house(tmp_path: Path) -> AsyncGenerator[House]:
    """A gate in front of a fake Ollama, with default settings."""
    async with house_with_fake(tmp_path / "data") as running:
        yield running


@pytest.fixture
async def quick(tmp_path: Path) -> AsyncGenerator[House]:
    """A gate whose patience is short, so that tests need not have any."""
    hurry = {"SLUICE_QUEUE__EARLY_RESPONSE_AFTER_S": "0.15", "SLUICE_QUEUE__HEARTBEAT_S": "0.1"}
    async with house_with_fake(tmp_path / "data", **hurry) as running:
        yield running
