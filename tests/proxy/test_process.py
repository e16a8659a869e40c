"""What the gate asks of its own process."""

import asyncio
import gc
import resource
import socket
from collections.abc import Generator

import pytest

from addon.proxy.process import allow_open_files, settle_memory
from tests.proxy.houses import House


@pytest.fixture
def _restored() -> Generator[None]:
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    gc.unfreeze()


@pytest.mark.usefixtures("_restored")
def test_as_many_files_may_be_open_as_the_system_allows() -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    for _ in range(2):
        allow_open_files()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (hard, hard)


@pytest.mark.usefixtures("_restored")
def test_what_is_loaded_is_not_looked_at_again() -> None:
    settle_memory()
    assert gc.get_freeze_count() > 1000


async def test_a_crowd_may_wait_at_the_door(house: House) -> None:
    # Nothing is accepted while this loop does not run, so the sockets below stand in the backlog.
    crowd = [socket.socket() for _ in range(300)]
    for waiting in crowd:
        waiting.settimeout(0.5)
        waiting.connect(("127.0.0.1", house.port))
    for waiting in crowd:
        waiting.close()
    await asyncio.sleep(0)
