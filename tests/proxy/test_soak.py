"""Ten thousand requests of every kind and fate: at the end the gate is as it was at the start.

`scripts/soak` runs the same with a hundred thousand.
"""

import asyncio
import logging
import os
import random
from pathlib import Path

import pytest

from tests.proxy.houses import House, house_with_fake, until
from tests.proxy.storm import acts, open_files, perform
from tests.showing import show

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]

_REQUESTS = int(os.environ.get("SLUICE_SOAK_REQUESTS", "10000"))
_AT_ONCE = 100
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


async def test_nothing_is_left_after_ten_thousand_mixed_requests(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    # pytest keeps every log record.
    caplog.set_level(logging.CRITICAL)
    environ = {"SLUICE_UPSTREAM__SLOTS": "8", "SLUICE_LIMITS__BODY_BYTES": "1024"}
    async with house_with_fake(tmp_path / "data", **environ) as house:
        repertoire = acts(house, await house.key(max_waiting=1000), dice := random.Random(11))
        marks: list[tuple[int, int, int]] = []
        for batch in range(_REQUESTS // _AT_ONCE):
            await perform(house, dice.choices(repertoire, k=_AT_ONCE))
            await house.until_idle()
            _forget(house)
            if (batch + 1) % max(1, _REQUESTS // _AT_ONCE // 10) == 0:
                await until(lambda: not house.connections)
                marks.append((_memory_bytes(), open_files(), len(asyncio.all_tasks())))
                show(f"{(batch + 1) * _AT_ONCE:7d} requests: {marks[-1]}")
        assert repr(house.gate) == "<Gate open, 0/8 running, 0 waiting>"
        assert house.upstream.engine.max_running <= 8
        (memory, files, tasks), (last_memory, _, _) = marks[0], marks[-1]
        # The far ends of the last connections may still be closing.
        await until(lambda: open_files() <= files + 2, timeout_s=10)
        await until(lambda: len(asyncio.all_tasks()) <= tasks + 2, timeout_s=10)
    assert last_memory <= memory * 1.2


def _forget(house: House) -> None:
    # What the fake records is the fake's memory, not the gate's.
    house.upstream.requests.clear()
    house.upstream.engine.started.clear()


def _memory_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE_BYTES
