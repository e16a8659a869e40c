"""Asking an upstream whether it is there."""

import importlib.metadata
import ssl

import httpx

_TIMEOUT_S = 2.0
USER_AGENT = f"sluice/{importlib.metadata.version('sluice')}"
# Upstreams speak plain HTTP. httpx would otherwise read every root certificate, 30 ms of a loop all share.
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


async def is_reachable(url: str) -> bool:
    """Whether Ollama answers at this address within two seconds."""
    async with _asker() as asker:
        try:
            answer = await asker.get(f"{url}/api/version")
        except httpx.HTTPError:
            return False
    return answer.is_success


async def lacks_model(url: str, model: str) -> bool:
    """Whether Ollama says that it does not have this model; silence is no answer and counts as no."""
    async with _asker() as asker:
        try:
            answer = await asker.post(f"{url}/api/show", json={"model": model})
        except httpx.HTTPError:
            return False
    return answer.status_code == 404


def _asker() -> httpx.AsyncClient:
    headers = {"User-Agent": USER_AGENT}
    return httpx.AsyncClient(timeout=_TIMEOUT_S, headers=headers, trust_env=False, verify=_NO_TLS)
