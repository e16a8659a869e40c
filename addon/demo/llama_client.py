"""HTTP to the llama.cpp server inside our own process: JSON in, server-sent events or JSON out.

Closing the generator resets the connection, which is llama.cpp's own sign to stop generating.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final

import h11

from addon.demo.engine import EngineError

BROKE_OFF: Final = "an error was encountered while running the model: unexpected EOF"
READ_BYTES: Final = 65536


@dataclass(frozen=True, slots=True)
class LlamaClient:
    """Talks to one llama.cpp server on loopback, one connection per request."""

    host: str
    port: int
    key: str

    async def ask(self, path: str, body: Mapping[str, object]) -> dict[str, Any]:
        """Post, and return the JSON object that comes back. Raises `EngineError`."""
        async with aclosing(self._post(path, body)) as chunks:
            answer: dict[str, Any] = json.loads(b"".join([chunk async for chunk in chunks]))
        return answer

    async def stream(self, path: str, body: Mapping[str, object]) -> AsyncGenerator[dict[str, Any], None]:
        """Post, and yield the JSON object of every event. Raises `EngineError`."""
        rest = b""
        async with aclosing(self._post(path, body)) as chunks:
            async for chunk in chunks:
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    if line.startswith(b"data: {"):
                        yield _unless_error(json.loads(line[6:]))

    async def _post(self, path: str, body: Mapping[str, object]) -> AsyncGenerator[bytes, None]:
        try:
            reader, writer = await asyncio.open_connection(self.host, self.port)
            try:
                connection = h11.Connection(h11.CLIENT)
                writer.write(self._request(connection, path, json.dumps(body).encode()))
                async for chunk in _body(connection, reader):
                    yield chunk
            finally:
                writer.transport.abort()
        except (OSError, h11.ProtocolError) as error:
            raise EngineError(BROKE_OFF) from error

    def _request(self, connection: h11.Connection, path: str, body: bytes) -> bytes:
        headers = [
            ("Host", f"{self.host}:{self.port}"),
            ("Authorization", f"Bearer {self.key}"),
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
        ]
        events = (
            h11.Request(method="POST", target=path, headers=headers),
            h11.Data(data=body),
            h11.EndOfMessage(),
        )
        return b"".join(connection.send(event) or b"" for event in events)


async def _body(connection: h11.Connection, reader: asyncio.StreamReader) -> AsyncGenerator[bytes, None]:
    refused: list[bytes] | None = None
    while not isinstance(event := connection.next_event(), h11.EndOfMessage):
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(READ_BYTES))
        elif isinstance(event, h11.Response) and event.status_code >= 400:
            refused = []
        elif isinstance(event, h11.Data) and refused is not None:
            refused.append(bytes(event.data))
        elif isinstance(event, h11.Data):
            yield bytes(event.data)
    if refused is not None:
        _unless_error(json.loads(b"".join(refused)))


def _unless_error(value: dict[str, Any]) -> dict[str, Any]:
    if error := value.get("error"):
        raise EngineError(str(error["message"]))
    return value
