"""Programs in processes of their own, and what the system knows about them."""

import asyncio
import re
import resource
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from admin_app.cli.up_children import end
from tests.e2e.processes import ROOT, environment

_READY_S = 60.0
_STOP_S = 60.0


class BenchError(RuntimeError):
    """Something broke, so that there is no figure; the message says what."""


@dataclass(frozen=True, slots=True)
class Program:
    """A running program and the port on which it serves. Linux only: it reads /proc."""

    pid: int
    port: int

    @property
    def memory_kb(self) -> float:
        """Resident memory in KB (1024 bytes)."""
        found = re.search(r"VmRSS:\s+(\d+) kB", self._proc("status").read_text())
        if found is None:
            raise BenchError(f"process {self.pid} has no resident memory: it has ended.")
        return float(found[1])

    @property
    def cpu_s(self) -> float:
        """CPU seconds of all its threads so far; `stat` would count in steps of 10 ms."""
        threads = self._proc("task").glob("*/schedstat")
        return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9

    @property
    def open_files(self) -> int:
        """How many file descriptors it holds."""
        return sum(1 for _ in self._proc("fd").iterdir())

    async def cpu_percent(self, over_s: float) -> float:
        """How much of one core it uses in the next seconds."""
        before_s, loop = self.cpu_s, asyncio.get_running_loop()
        started_at = loop.time()
        await asyncio.sleep(over_s)
        return 100 * (self.cpu_s - before_s) / (loop.time() - started_at)

    def _proc(self, name: str) -> Path:
        return Path("/proc") / str(self.pid) / name


def allow_open_files(count: int) -> None:
    """Let this process and its children hold so many files; raises BenchError where the system forbids it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < count:
        raise BenchError(f"{count} open files are needed and {hard} allowed. Raise the hard limit (ulimit -Hn).")
    if soft != resource.RLIM_INFINITY and soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))


@asynccontextmanager
async def running(*command: str, **environ: str) -> AsyncGenerator[Program]:
    """A program that prints `READY http://HOST:PORT`, until the block ends."""
    with tempfile.TemporaryFile() as complaints:
        process = await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=complaints, env=environment() | environ
        )
        try:
            yield Program(process.pid, await _port(process, complaints))
        finally:
            await end(process, within_s=_STOP_S)


async def _port(process: asyncio.subprocess.Process, complaints: IO[bytes]) -> int:
    async with asyncio.timeout(_READY_S):
        async for line in process.stdout or asyncio.StreamReader():
            if found := re.match(rb"READY http://.*:(\d+)", line):
                return int(found[1])
    complaints.seek(0)
    raise BenchError(f"a program ended before it was ready:\n{complaints.read().decode()}")
