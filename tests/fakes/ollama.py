"""A fake Ollama on loopback: the demo's own HTTP face with scripted tokens, and a record of what reached it."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from addon.demo.face import Face
from addon.demo.http1 import Exchange, Request, Server
from tests.fakes.engine import ScriptedEngine

type Route = Callable[[Exchange], Awaitable[None]]


@dataclass
class FakeOllama:
    """One running fake; steer the tokens through `engine`, read what came in from `requests`."""

    engine: ScriptedEngine
    parallel: int = 1
    requests: list[Request] = field(default_factory=list[Request])
    """Every request in order of arrival, headers and body as they came."""
    port: int = 0

    def __post_init__(self) -> None:
        self._face = Face(self.engine, self.parallel)
        self._server = Server(self._handle)

    @property
    def url(self) -> str:
        """Its base URL, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def route(self, method: str, path: str, route: Route) -> None:
        """Answer one path differently from now on: an own shape, a reset, garbage, silence."""
        self._face.routes.setdefault(path, {})[method] = route

    async def until_requests(self, count: int) -> None:
        """Return as soon as `count` requests have arrived since the start."""
        await self.engine.pulse.until(lambda: len(self.requests) >= count)

    async def start(self, port: int = 0) -> None:
        """Listen; a port of one's own choosing lets a test bring a dead upstream back."""
        await self._server.start("127.0.0.1", port)
        self.port = self._server.port

    async def stop(self) -> None:
        """Drop every connection and stop listening, as a killed server does."""
        await self._server.close()

    async def _handle(self, exchange: Exchange) -> None:
        self.requests.append(exchange.request)
        self.engine.pulse.changed()
        await self._face(exchange)


def replying(status: int, body: bytes, content_type: str = "application/json") -> Route:
    """A route that always gives this answer."""

    async def reply(exchange: Exchange) -> None:
        await exchange.respond(status, content_type, body)

    return reply


@asynccontextmanager
async def fake_ollama(
    engine: ScriptedEngine | None = None, *, parallel: int = 1000, port: int = 0
) -> AsyncGenerator[FakeOllama]:
    """Run a fake Ollama for the length of a `with` block.

    Unlike the original it lets `parallel` = 1000 requests of a model generate at a time: a gate that admits too
    many must show in `engine.max_running` instead of being hidden by the upstream's own queue.
    """
    upstream = FakeOllama(engine or ScriptedEngine(), parallel)
    await upstream.start(port)
    try:
        yield upstream
    finally:
        await upstream.stop()
