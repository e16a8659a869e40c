"""What the gate itself asks an upstream. Each question is given up after two seconds, without an answer."""

import asyncio
import importlib.metadata
import ssl
import time
from contextlib import suppress

import httpx

from addon.core.model_names import canonical

_TIMEOUT_S = 2.0
_KNOWN_FOR_S = 30.0
_REACHED_FOR_S = 1.0
_MOST_KNOWN = 1000
USER_AGENT = f"sluice/{importlib.metadata.version('sluice')}"
# Upstreams speak plain HTTP. httpx would otherwise read every root certificate, 30 ms of a loop all share.
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class Probe:
    """Questions to one upstream."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._seen_at: dict[str, float] = {}
        self._is_reachable = False
        self._reached_at = -_REACHED_FOR_S
        self._reaching = asyncio.Lock()

    async def is_reachable(self) -> bool:
        """Whether Ollama answers, asked at most once a second: anybody may want to know."""
        async with self._reaching:
            if time.monotonic() - self._reached_at >= _REACHED_FOR_S:
                answer = await self._ask("GET", "/api/version")
                self._is_reachable = answer is not None and answer.is_success
                self._reached_at = time.monotonic()
            return self._is_reachable

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

    async def is_loaded(self, model: str) -> bool:
        """Whether Ollama says that this model is in memory."""
        answer = await self._ask("GET", "/api/ps")
        with suppress(ValueError, TypeError, KeyError, AttributeError):
            if answer is not None and answer.is_success:
                return any(canonical(one["name"]) == canonical(model) for one in answer.json()["models"])
        return False

    async def unload(self, model: str) -> None:
        """Ask Ollama to end this model's runner."""
        await self._ask("POST", "/api/generate", {"model": model, "keep_alive": 0})

    async def _ask(self, method: str, path: str, body: object = None) -> httpx.Response | None:
        headers = {"User-Agent": USER_AGENT}
        async with httpx.AsyncClient(
            timeout=_TIMEOUT_S, headers=headers, trust_env=False, verify=_NO_TLS
        ) as client:
            try:
                async with asyncio.timeout(_TIMEOUT_S):  # httpx's own is for each read
                    return await client.request(method, self._url + path, json=body)
            except (httpx.HTTPError, TimeoutError):
                return None
