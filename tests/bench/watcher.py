"""Asking a gate how many wait and run, until it is as expected."""

import asyncio
import json

_PERIOD_S = 0.02
_TIMEOUT_S = 300.0


async def until_gate_says(port: int, *, waiting: int, running: int) -> None:
    """Return once exactly so many wait and run; raises TimeoutError after five minutes."""
    async with asyncio.timeout(_TIMEOUT_S):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while await _counts(reader, writer) != (waiting, running):  # noqa: ASYNC110 - another process sets no event
            await asyncio.sleep(_PERIOD_S)
        writer.close()


async def _counts(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[int, int]:
    writer.write(b"GET /gate/me HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    head = await reader.readuntil(b"\r\n\r\n")
    length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
    answer = json.loads(await reader.readexactly(int(length)))
    return answer["waiting"], answer["running"]
