"""A deliberately naive gate, for comparison: whoever waits looks every 0.1 s whether the slot is free.

This is how many a proxy in front of a model does it. Order is luck, the slot stands empty until somebody happens
to look, and those who left are served all the same. Run: `python -m tests.bench.naive UPSTREAM_PORT`.
"""

import asyncio
import json
import re
import sys

from tests.bench.upstream import END_OF_ANSWER

RETRY_S = 0.1


class NaiveGate:
    """One slot and a flag."""

    def __init__(self, upstream_port: int) -> None:
        self._upstream_port = upstream_port
        self._is_busy = False
        self._waiting = 0

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection; a GET is answered with the counts, as the gate's `/gate/me` does."""
        while not reader.at_eof():
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except (asyncio.IncompleteReadError, ConnectionError):
                break
            if head.startswith(b"GET"):
                answer = json.dumps({"waiting": self._waiting, "running": int(self._is_busy)}).encode()
                writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(answer)}\r\n\r\n".encode() + answer)
            else:
                length = re.search(rb"(?i)content-length: *(\d+)", head)
                body = await reader.readexactly(int(length[1] if length else 0))
                await self._wait_and_pass_on(head + body, writer)
        writer.close()

    async def _wait_and_pass_on(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        self._waiting += 1
        while self._is_busy:  # noqa: ASYNC110 - polling is what this gate is here to show
            await asyncio.sleep(RETRY_S)
        self._waiting -= 1
        self._is_busy = True
        try:
            await self._pass_on(request, writer)
        finally:
            self._is_busy = False

    async def _pass_on(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        upstream, to_upstream = await asyncio.open_connection("127.0.0.1", self._upstream_port)
        to_upstream.write(request)
        while chunk := await upstream.read(65536):
            writer.write(chunk)
            if chunk.endswith(END_OF_ANSWER):
                break
        to_upstream.close()


async def main(upstream_port: int) -> None:
    """Serve until killed."""
    server = await asyncio.start_server(NaiveGate(upstream_port).converse, "127.0.0.1", 0)
    sys.stdout.write(f"READY http://127.0.0.1:{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
