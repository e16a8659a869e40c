"""Background tasks: kept, and never failing in silence."""

# What a test of the inside looks at has no public name.
# pyright: reportPrivateUsage=false

import asyncio
import gc
import logging

import pytest

from addon.proxy import tasks
from addon.proxy.tasks import spawn


async def test_a_task_is_kept_until_its_end() -> None:
    is_over = asyncio.Event()

    async def work() -> None:
        await is_over.wait()

    spawn(work(), name="work")
    gc.collect()
    (kept,) = [task for task in tasks._running if task.get_name() == "work"]
    is_over.set()
    await kept
    await asyncio.sleep(0)
    assert kept not in tasks._running


async def test_a_crash_is_logged_with_the_tasks_name(caplog: pytest.LogCaptureFixture) -> None:
    async def crash() -> None:
        raise RuntimeError("sabotage")

    with caplog.at_level(logging.ERROR), pytest.raises(RuntimeError):
        await spawn(crash(), name="follow the rules")
    await asyncio.sleep(0)
    assert "'follow the rules' failed" in caplog.text


async def test_a_cancelled_task_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    task = spawn(asyncio.sleep(60), name="nap")
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert caplog.text == ""
