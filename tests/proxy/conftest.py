"""The running gate most tests here need."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.proxy.houses import House, house_with_fake
from tests.proxy.managing import generous_house, managing_house


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


@pytest.fixture
async def managing(tmp_path: Path) -> AsyncGenerator[House]:
    """A gate with default settings, whose Ollama answers to everything."""
    async with managing_house(tmp_path / "data") as running:
        yield running


@pytest.fixture
async def generous(tmp_path: Path) -> AsyncGenerator[House]:
    """A gate that lets through what is off by default."""
    async with generous_house(tmp_path / "data") as running:
        yield running
