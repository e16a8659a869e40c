"""A client that waits behind a streaming request, and reads whatever comes meanwhile."""

import httpx

from tests.proxy.houses import House


class Waiting:
    """A streaming request behind an occupied slot; its bytes as they come."""

    def __init__(self, house: House, key: str, path: str, body: object, **headers: str) -> None:
        self._stream = house.client.stream("POST", path, json=body, headers={"X-API-Key": key, **headers})
        self.body = b""

    async def __aenter__(self) -> "Waiting":
        self.answer: httpx.Response = await self._stream.__aenter__()
        self._chunks = self.answer.aiter_raw()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._stream.__aexit__(None, None, None)

    async def until(self, size: int) -> bytes:
        """Everything so far, at least this many bytes."""
        while len(self.body) < size:
            self.body += await anext(self._chunks)
        return self.body

    async def rest(self) -> bytes:
        """Everything to the end."""
        async for chunk in self._chunks:
            self.body += chunk
        return self.body
