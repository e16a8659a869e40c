"""The routes of the server: who answers which path, and what everything else gets."""

from collections.abc import Awaitable, Callable
from urllib.parse import unquote

from addon.demo.answers import send_json
from addon.demo.bodies import ApiError
from addon.demo.catalogue import Catalogue
from addon.demo.engine import Engine, EngineError
from addon.demo.guard import is_welcome
from addon.demo.http1 import TEXT, Exchange
from addon.demo.ollama_api import OllamaApi
from addon.demo.openai_api import OpenAiApi, openai_error

Route = Callable[[Exchange], Awaitable[None]]


class Face:
    """The handler of every request; give it to `http1.Server`."""

    def __init__(self, engine: Engine, parallel: int = 1) -> None:
        """Of each of the engine's models, `parallel` requests generate at a time."""
        self._catalogue = Catalogue(engine, parallel)
        self.routes = _routes(self._catalogue)

    async def load(self) -> None:
        """Load every model before the first request needs it. Raises `EngineError`."""
        for runner in self._catalogue.runners:
            await runner.load()

    async def __call__(self, exchange: Exchange) -> None:
        """Answer one request, errors in the dialect of its path."""
        path = unquote(exchange.request.target.partition("?")[0])
        try:
            await self._answer(exchange, path)
        except ApiError as refusal:
            await send_json(exchange, _error(path, refusal), refusal.status)
        except EngineError as error:
            await send_json(exchange, _error(path, ApiError(500, str(error))), 500)

    async def _answer(self, exchange: Exchange, path: str) -> None:
        if not is_welcome(exchange.request):
            await exchange.respond(403, TEXT, b"")
            return
        methods = self.routes.get(path) or self.routes.get(path.rpartition("/")[0] + "/*")
        if methods is None:
            await exchange.respond(404, TEXT, b"404 page not found")
        elif exchange.request.method not in methods:
            await exchange.respond(405, TEXT, b"405 method not allowed")
        else:
            await methods[exchange.request.method](exchange)


def _error(path: str, refusal: ApiError) -> dict[str, object]:
    if path.startswith("/v1/"):
        return openai_error(refusal.status, refusal.message)
    return {"error": refusal.message}


def _routes(catalogue: Catalogue) -> dict[str, dict[str, Route]]:
    """Path to method to route."""
    native = OllamaApi(catalogue)
    openai = OpenAiApi(catalogue)
    return {
        "/": {"GET": catalogue.root, "HEAD": catalogue.root},
        "/api/version": {"GET": catalogue.version, "HEAD": catalogue.version},
        "/api/tags": {"GET": catalogue.tags, "HEAD": catalogue.tags},
        "/api/ps": {"GET": catalogue.ps},
        "/api/show": {"POST": catalogue.show},
        "/api/chat": {"POST": native.chat},
        "/api/generate": {"POST": native.generate},
        "/v1/models": {"GET": openai.models},
        "/v1/models/*": {"GET": openai.model},
        "/v1/chat/completions": {"POST": openai.chat},
        "/v1/completions": {"POST": openai.complete},
    }
