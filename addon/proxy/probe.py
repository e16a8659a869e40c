"""Asking an upstream whether it is there."""

import importlib.metadata

import httpx

_TIMEOUT_S = 2.0
USER_AGENT = f"sluice/{importlib.metadata.version('sluice')}"


async def is_reachable(url: str) -> bool:
    """Whether Ollama answers at this address within two seconds."""
    async with httpx.AsyncClient(timeout=_TIMEOUT_S, headers={"User-Agent": USER_AGENT}, trust_env=False) as asker:
        try:
            answer = await asker.get(f"{url}/api/version")
        except httpx.HTTPError:
            return False
    return answer.is_success
