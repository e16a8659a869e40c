"""The models a server offers, under the spellings Ollama accepts, and the routes that only describe them."""

from collections.abc import Mapping
from typing import Final

from addon.demo.answers import send_json
from addon.demo.bodies import ApiError, Body
from addon.demo.engine import Engine, ModelFacts
from addon.demo.http1 import TEXT, Exchange
from addon.demo.runner import Runner
from addon.demo.timestamps import timestamp

VERSION: Final = "0.32.15"
"""The Ollama release whose behaviour this server follows."""

FOREVER_AT: Final = 11_000_000_000.0
"""When a model that is never unloaded expires (year 2318; Ollama says so for `keep_alive: -1`)."""


class Catalogue:
    """Finds the runner of a model and answers the cheap routes."""

    def __init__(self, engine: Engine, parallel: int) -> None:
        self._runners = {_normal(facts.name): Runner(engine, facts, parallel) for facts in engine.models()}

    def runner(self, name: str | None) -> Runner:
        """The runner of a model. Raises `ApiError` 400 without a name, 404 for a name nobody has."""
        if not name:
            raise ApiError(400, "model is required")
        runner = self._runners.get(_normal(name))
        if runner is None:
            raise ApiError(404, f"model '{name}' not found")
        return runner

    @property
    def runners(self) -> tuple[Runner, ...]:
        """Every runner, in the engine's order."""
        return tuple(self._runners.values())

    async def root(self, exchange: Exchange) -> None:
        """`GET /` and `HEAD /`: the sign of life."""
        await exchange.respond(200, TEXT, b"Ollama is running")

    async def version(self, exchange: Exchange) -> None:
        """`GET /api/version`."""
        await send_json(exchange, {"version": VERSION})

    async def tags(self, exchange: Exchange) -> None:
        """`GET /api/tags`: every model that can be asked for."""
        await send_json(exchange, {"models": [_tag(runner.facts) for runner in self.runners]})

    async def ps(self, exchange: Exchange) -> None:
        """`GET /api/ps`: the models in memory; they stay until somebody unloads them."""
        loaded = [_loaded(runner.facts) for runner in self.runners if runner.is_loaded]
        await send_json(exchange, {"models": loaded})

    async def show(self, exchange: Exchange) -> None:
        """`POST /api/show`; the old field `name` is still understood."""
        body = Body.parse(exchange.request.body)
        facts = self.runner(body.text("model") or body.text("name")).facts
        await send_json(exchange, _show(facts))


def _normal(name: str) -> str:
    plain = name.strip().lower().removeprefix("library/")
    return plain if ":" in plain else f"{plain}:latest"


def _details(facts: ModelFacts) -> dict[str, object]:
    return {
        "parent_model": "",
        "format": "gguf",
        "family": facts.family,
        "families": [facts.family],
        "parameter_size": facts.parameter_size,
        "quantization_level": facts.quantization_level,
    }


def _named(facts: ModelFacts) -> dict[str, object]:
    return {
        "name": facts.name,
        "model": facts.name,
        "size": facts.size_bytes,
        "digest": facts.digest,
        "details": _details(facts),
    }


def _tag(facts: ModelFacts) -> dict[str, object]:
    lengths = {"context_length": facts.context_length, "embedding_length": facts.embedding_length}
    return _named(facts) | {
        "modified_at": timestamp(facts.modified_at),
        "details": _details(facts) | lengths,
        "capabilities": list(facts.capabilities),
    }


def _loaded(facts: ModelFacts) -> dict[str, object]:
    return _named(facts) | {
        "expires_at": timestamp(FOREVER_AT),
        "size_vram": 0,
        "context_length": facts.context_length,
    }


def _show(facts: ModelFacts) -> Mapping[str, object]:
    return {
        "modelfile": f"FROM {facts.name}",
        "template": "{{ .Prompt }}",
        "details": _details(facts),
        "model_info": {
            "general.architecture": facts.family,
            f"{facts.family}.context_length": facts.context_length,
            f"{facts.family}.embedding_length": facts.embedding_length,
        },
        "capabilities": list(facts.capabilities),
        "modified_at": timestamp(facts.modified_at),
    }
