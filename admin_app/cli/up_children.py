"""The processes beside the gate: the web app, and the demo model when there is no Ollama.

Promise: no child outlives its parent. Each reads a pipe whose other end only this process holds, and exits when
it closes, also after a kill -9. A child that dies on its own is started again; the gate goes on meanwhile.
"""

import asyncio
import logging
import os
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import click

_STOP_S = 10.0
_RESTART_S = 1.0
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Child:
    """One module run as a process of its own, kept alive."""

    module: str
    arguments: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    inherits: tuple[int, ...] = ()
    _process: Process | None = None
    _keeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start it and keep it running from now on."""
        self._process = await self._spawn()
        self._keeper = asyncio.get_running_loop().create_task(self._keep(), name=f"keep {self.module}")

    async def stop(self) -> None:
        """Ask it to end; make it, after ten seconds."""
        if self._keeper is not None:
            self._keeper.cancel()
        if self._process is not None:
            await end(self._process)

    async def _keep(self) -> None:
        while self._process is not None:
            code = await self._process.wait()
            _log.error("%s ended with code %s; it is started again", self.module, code)
            await asyncio.sleep(_RESTART_S)
            self._process = await self._spawn()

    async def _spawn(self) -> Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            self.module,
            *self.arguments,
            stdin=PIPE,
            stdout=sys.stderr,
            env={**os.environ, **self.environment},
            pass_fds=self.inherits,
        )


class DemoModel:
    """The demo's process; `url` is known once it is ready."""

    def __init__(self, cache_dir: Path, slots: int) -> None:
        self._arguments = ("--cache", str(cache_dir), "--parallel", str(slots), "--exit-with-parent")
        self._process: Process | None = None

    async def start(self) -> str:
        """Load the model; returns its address. Raises click.ClickException when it cannot start."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "addon.demo", *self._arguments, stdin=PIPE, stdout=PIPE
        )
        line = await self._process.stdout.readline() if self._process.stdout else b""
        word, _, url = line.decode().strip().partition(" ")
        if word != "READY":
            code = await self._process.wait()
            raise click.exceptions.Exit(code or 1)  # it has said why, in one line
        return url

    async def stop(self) -> None:
        """Ask it to end; make it, after ten seconds."""
        if self._process is not None:
            await end(self._process)


def listening_socket() -> socket.socket:
    """A loopback socket for the web app. We bind it, so that its port is known and survives a restart."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    listener.set_inheritable(True)
    return listener


async def end(process: Process, within_s: float = _STOP_S) -> None:
    """Ask a process to stop, and make it stop when it has not within so many seconds."""
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), within_s)
    except TimeoutError:
        process.kill()
        await process.wait()
