"""One client as a process: started, left alone, and judged by what it printed."""

import asyncio
import os
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from json import loads

from tests.clients.patience.installing import Door, Installed

TEXT = "One two three"


@dataclass(frozen=True, slots=True)
class Answer:
    """How it ended: `fault` is None where the whole answer came."""

    fault: str | None


async def ask(installed: Installed, door: Door) -> Answer:
    """Start the client and wait for its end; it is killed when this is cancelled."""
    try:
        process = await asyncio.create_subprocess_exec(
            *installed.prepare(door),
            cwd=installed.home,
            env=installed.environment(door),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        return Answer(str(error))
    try:
        said, complained = await process.communicate()
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        await _tidy(installed, door)
    return Answer(_fault(process.returncode, said.decode(), complained.decode()))


async def _tidy(installed: Installed, door: Door) -> None:
    if installed.client.afterwards:
        stopping = await asyncio.create_subprocess_exec(
            *installed.command(installed.client.afterwards, door),
            cwd=installed.home,
            env=installed.environment(door),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        await stopping.wait()


def _fault(code: int | None, said: str, complained: str) -> str | None:
    if code == 0 and TEXT in _text(said):
        return None
    return f"exit code {code}: {_last_words(complained.strip() or said.strip() or 'it printed nothing')}"


def _last_words(text: str) -> str:
    """The line that names the error; Python and Node indent what surrounds it, and Node adds its own version."""
    lines = text.splitlines()
    named = [line for line in lines if ": " in line and not line[0].isspace()]
    return (named or lines)[-1].strip()


def _text(said: str) -> str:
    """What curl and its like print is the stream itself; the others print the text."""
    if not said.lstrip().startswith('{"model"'):
        return said
    try:
        return "".join(loads(line)["message"]["content"] for line in said.splitlines())
    except (ValueError, KeyError):
        return said
