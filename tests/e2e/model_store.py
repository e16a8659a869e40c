"""A scripted Ollama whose models can be loaded, unloaded, pulled and deleted."""

import asyncio
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from addon.demo.http1 import Exchange
from tests.e2e.chat_upstream import ChatUpstream

LAYER_BYTES = 2_000_000_000
_DIGEST = "sha256:" + "ab" * 32


@dataclass
class ModelStore:
    """Answers in place of `upstream` where models are meant; pulls stop half-way until they are released."""

    upstream: ChatUpstream
    installed: dict[str, int] = field(default_factory=dict[str, int])
    loaded: set[str] = field(default_factory=set[str])
    pull_error: str | None = None
    broken_pulls: int = 0
    """Pulls whose client went away."""

    def __post_init__(self) -> None:
        fake = self.upstream.fake
        fake.route("GET", "/api/tags", self._tags)
        fake.route("GET", "/api/ps", self._ps)
        fake.route("POST", "/api/generate", self._generate)
        fake.route("POST", "/api/pull", self._pull)
        fake.route("DELETE", "/api/delete", self._delete)
        self.reset()

    def reset(self) -> None:
        """Two models on disk, one of them in memory."""
        self.installed = {"gemma3:4b": 3_300_000_000, "llama3.2:3b": 2_000_000_000}
        self.loaded = {"llama3.2:3b"}
        self.pull_error = None

    async def _tags(self, exchange: Exchange) -> None:
        details = {"parameter_size": "4.3B", "quantization_level": "Q4_K_M"}
        rows = [
            {"name": name, "size": size, "modified_at": "2026-08-01T12:00:00Z", "details": details}
            for name, size in self.installed.items()
        ]
        await _answer(exchange, {"models": rows})

    async def _ps(self, exchange: Exchange) -> None:
        until = datetime.now(UTC).replace(year=2999).isoformat()
        rows = [
            {"name": name, "size": 6_000_000_000, "size_vram": 3_000_000_000, "context_length": 4096}
            | {"expires_at": until}
            for name in sorted(self.loaded)
        ]
        await _answer(exchange, {"models": rows})

    async def _generate(self, exchange: Exchange) -> None:
        body = json.loads(exchange.request.body)
        if body.get("keep_alive") == 0:
            self.loaded.discard(body["model"])
        else:
            self.loaded.add(body["model"])
        await _answer(exchange, {"model": body["model"], "response": "", "done": True, "done_reason": "load"})

    async def _pull(self, exchange: Exchange) -> None:
        model = json.loads(exchange.request.body)["model"]
        await exchange.start(200, [(b"Content-Type", b"application/x-ndjson")])
        await _tell(exchange, {"status": "pulling manifest"})
        layer = {"status": "pulling abababababab", "digest": _DIGEST, "total": LAYER_BYTES}
        await _tell(exchange, layer | {"completed": LAYER_BYTES // 2})
        try:
            await self.upstream.released(f"pull {model}")
        except asyncio.CancelledError:
            self.broken_pulls += 1
            raise
        if self.pull_error is not None:
            await _tell(exchange, {"error": self.pull_error})
        else:
            self.installed[model] = LAYER_BYTES
            await _tell(exchange, layer | {"completed": LAYER_BYTES})
            await _tell(exchange, {"status": "success"})
        await exchange.finish()

    async def _delete(self, exchange: Exchange) -> None:
        model = json.loads(exchange.request.body)["model"]
        self.loaded.discard(model)
        if self.installed.pop(model, None) is None:
            await _answer(exchange, {"error": f"model '{model}' not found"}, 404)
        else:
            await exchange.respond(200, "application/json", b"")


async def _answer(exchange: Exchange, document: Any, status: int = 200) -> None:
    await exchange.respond(status, "application/json", json.dumps(document).encode())


async def _tell(exchange: Exchange, record: Any) -> None:
    await exchange.write(json.dumps(record).encode() + b"\n")
