"""The command line's way to the running gate: one JSON object per line each way, over a Unix socket.

Promise: only the owner of the data directory reaches it (mode 0600), so it asks for no credential.
"""

import asyncio
import json
import logging
import socket
from pathlib import Path

from addon.core.ticket import Ticket
from addon.proxy.live_api import LiveApi
from addon.proxy.steering import AT_TERMINAL, Steering

_log = logging.getLogger(__name__)


class _WishError(ValueError):
    """The wish cannot be fulfilled; the message says why."""


async def serve_control(path: Path, steering: Steering, live_api: LiveApi) -> asyncio.Server:
    """Listen on the socket; one that an earlier, killed gate left behind is replaced."""

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async for line in reader:
                writer.write(json.dumps(await _answer(line, steering, live_api)).encode() + b"\n")
                await writer.drain()
        except (ConnectionError, ValueError) as error:
            # Whoever asked has gone, or sends a line without end: nothing is owed.
            _log.debug("a conversation on the control socket ended: %s", error)
        finally:
            writer.close()

    return await asyncio.start_unix_server(converse, sock=_bind(path))


def _bind(path: Path) -> socket.socket:
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(str(path))
        path.chmod(0o600)
    except OSError:
        listener.close()
        raise
    return listener


async def _answer(line: bytes, steering: Steering, live_api: LiveApi) -> dict[str, object]:
    try:
        wish = _read(line)
        if wish.get("command") == "upstreams":
            return {"ok": True, "result": await live_api.upstreams()}
        await _fulfil(wish, steering, live_api)
    except ValueError as error:
        return {"ok": False, "error": str(error)}
    return {"ok": True, "result": live_api.queue(None)}


def _read(line: bytes) -> dict[str, object]:
    try:
        wish = json.loads(line)
    except (ValueError, RecursionError):
        wish = None
    if not isinstance(wish, dict):
        raise _WishError("A wish is one JSON object on one line.")
    return wish


async def _fulfil(wish: dict[str, object], steering: Steering, live_api: LiveApi) -> None:
    command = str(wish.get("command"))
    match command:
        case "queue":
            pass
        case "pause" | "resume" | "drain":
            steering.control(command, AT_TERMINAL)
        case "cancel":
            steering.cancel(_ticket(wish, live_api), AT_TERMINAL)
        case "bump":
            steering.bump(_ticket(wish, live_api), AT_TERMINAL, wish.get("priority"))
        case "slots":
            await steering.resize(wish.get("upstream"), wish.get("slots"), AT_TERMINAL)
        case _:
            raise _WishError(f"The gate knows no command {command!r}.")


def _ticket(wish: dict[str, object], live_api: LiveApi) -> Ticket:
    ticket = live_api.find(str(wish.get("ticket")), None)
    if ticket is None:
        raise _WishError(f"There is no ticket {wish.get('ticket')!r}. `sluice queue` shows them.")
    return ticket
