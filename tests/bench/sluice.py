"""Sluice as a user would start it: a house of its own, and `sluice up` in a process of its own."""

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.bench.processes import BenchError, Program, running
from tests.e2e.processes import environment

_COMMAND = str(Path(sys.executable).parent / "sluice")


async def prepare_house(data_dir: Path) -> None:
    """Make a data directory whose gate lets this machine in without a credential."""
    command = [_COMMAND, "ip", "add", "127.0.0.0/8", "--data", str(data_dir)]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, env=environment())
    await process.communicate()
    if process.returncode:
        raise BenchError("`sluice ip add` failed; what it said stands above.")


@asynccontextmanager
async def running_sluice(data_dir: Path, upstream_port: int, **environ: str) -> AsyncGenerator[Program]:
    """`sluice up` in front of this upstream, with room for everybody in its queue."""
    room = {
        "SLUICE_UPSTREAM__URL": f"http://127.0.0.1:{upstream_port}",
        "SLUICE_QUEUE__MAX_WAITING": "1000000",
        "SLUICE_QUEUE__MAX_WAITING_PER_PRINCIPAL": "1000000",
    }
    command = [_COMMAND, "up", "--data", str(data_dir), "--listen", "127.0.0.1:0"]
    async with running(*command, **room, **environ) as program:
        yield program
