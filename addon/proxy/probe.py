"""What the gate itself asks an upstream. Each question is given up after two seconds, without an answer."""

import asyncio
import importlib.metadata
import math
import ssl
import time
from collections.abc import Sequence

import httpx

from addon.core.model_names import canonical
from addon.core.ollama_models import InstalledModel, LoadedModel, installed_models, loaded_models
from addon.core.upstream_history import UpstreamHistory

_TIMEOUT_S = 2.0
_KNOWN_FOR_S = 30.0
_REACHED_FOR_S = 1.0
_MOST_KNOWN = 1000
USER_AGENT = f"sluice/{importlib.metadata.version('sluice')}"
# Upstreams speak plain HTTP. httpx would otherwise read every root certificate, 30 ms of a loop all share.
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class Probe:
    """Questions to one upstream.

    `history`, `version` and `trouble` (why it counts as down, None while it is up) are what the latest told.
    """

    def __init__(self, url: str) -> None:
        self.history = UpstreamHistory()
        self.version: str | None = None
        self.trouble: str | None = None
        self._url = url
        self._seen_at: dict[str, float] = {}
        self._is_reachable = False
        self._asked_at = -math.inf
        self._reaching = asyncio.Lock()

    async def is_reachable(self) -> bool:
        """Whether Ollama answers, asked at most once a second: anybody may want to know."""
        async with self._reaching:
            if self.silent_s >= _REACHED_FOR_S:
                self._is_reachable = await self._reach()
                self._asked_at = time.monotonic()
            return self._is_reachable

    @property
    def silent_s(self) -> float:
        """How long ago it was last asked whether it answers."""
        return time.monotonic() - self._asked_at

    async def lacks_model(self, model: str) -> bool:
        """Whether Ollama says that it does not have this model; no answer counts as no.

        A model that was there half a minute ago is not asked for again.
        """
        now = time.monotonic()
        if now - self._seen_at.get(model, -_KNOWN_FOR_S) < _KNOWN_FOR_S:
            return False
        answer = await self._ask("POST", "/api/show", {"model": model})
        if answer is not None and answer.is_success:
            if len(self._seen_at) >= _MOST_KNOWN:
                self._seen_at.clear()
            self._seen_at[model] = now
        return answer is not None and answer.status_code == 404

    async def loaded(self) -> Sequence[LoadedModel] | None:
        """The models in memory; None without an answer."""
        answer = await self._ask("GET", "/api/ps")
        return None if answer is None or not answer.is_success else loaded_models(_json(answer))

    async def installed(self) -> Sequence[InstalledModel] | None:
        """The models on disk; None without an answer."""
        answer = await self._ask("GET", "/api/tags")
        return None if answer is None or not answer.is_success else installed_models(_json(answer))

    async def is_loaded(self, model: str) -> bool:
        """Whether Ollama says that this model is in memory."""
        return any(canonical(one.name) == canonical(model) for one in await self.loaded() or ())

    async def unload(self, model: str) -> None:
        """Ask Ollama to end this model's runner."""
        await self._ask("POST", "/api/generate", {"model": model, "keep_alive": 0})

    async def _reach(self) -> bool:
        began = time.monotonic()
        answer, self.trouble = await self._asked("GET", "/api/version")
        if answer is not None and not answer.is_success:
            self.trouble = f"answers its own /api/version with {answer.status_code}: is that Ollama?"
        if answer is None or self.trouble is not None:
            self.history.failed(time.time())
            return False
        self.history.answered(time.monotonic() - began, time.time())
        self.version = _version(_json(answer))
        return True

    async def _ask(self, method: str, path: str, body: object = None) -> httpx.Response | None:
        answer, _ = await self._asked(method, path, body)
        return answer

    async def _asked(
        self, method: str, path: str, body: object = None
    ) -> tuple[httpx.Response | None, str | None]:
        """The answer, or what stood in its way, as the rest of a sentence about Ollama."""
        headers = {"User-Agent": USER_AGENT}
        async with httpx.AsyncClient(
            timeout=_TIMEOUT_S, headers=headers, trust_env=False, verify=_NO_TLS
        ) as client:
            try:
                async with asyncio.timeout(_TIMEOUT_S):  # httpx's own is for each read
                    return await client.request(method, self._url + path, json=body), None
            except httpx.ConnectError as error:
                return None, f"cannot be connected to ({error})"
            except (httpx.TimeoutException, TimeoutError):
                return None, f"does not answer within {_TIMEOUT_S:g} seconds"
            except httpx.HTTPError as error:
                return None, f"does not answer as a web server does ({error})"


def _json(answer: httpx.Response) -> object:
    try:
        return answer.json()
    except (ValueError, RecursionError):
        return None


def _version(told: object) -> str | None:
    version = told.get("version") if isinstance(told, dict) else None
    return version if isinstance(version, str) else None
