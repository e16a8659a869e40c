"""A house whose Ollama answers to management, account and transcription routes too, and how to ask it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from addon.core.principal import Scope
from tests.fakes.ollama import replying
from tests.proxy.houses import House, house_with_fake
from tests.proxy.wire import Answer, request

MANAGER = frozenset({Scope.INFER, Scope.READ, Scope.MANAGE})
FORM_TYPE = "Content-Type: multipart/form-data; boundary=xYz"
OWNERS = [
    ("POST", "/api/me", b""),
    ("POST", "/api/signout", b""),
    ("DELETE", "/api/user/keys/c3NoLWVkMjU1MTk=", b""),
    ("POST", "/api/experimental/web_search", b'{"query":"x","Model":"a","model":"b"}'),
    ("POST", "/api/experimental/web_fetch", b'{"url":"http://example.org"}'),
    ("GET", "/api/experimental/model-recommendations", b""),
]
"""Everything that acts with the owner's account."""
_ALSO_ANSWERED = [
    *((method, path) for method, path, _ in OWNERS),
    *(("POST", f"/api/{what}") for what in ("pull", "push", "create", "copy", "new")),
    ("DELETE", "/api/delete"),
    ("PUT", "/api/new/thing"),
    ("POST", "/v1/audio/transcriptions"),
]
_NEW_ROUTES = '[{method="POST",path="/api/new",kind="infer"},{method="PUT",path="/api/new/thing",kind="manage"}]'


@asynccontextmanager
async def managing_house(data_dir: Path) -> AsyncGenerator[House]:
    """A gate with default settings."""
    async with house_with_fake(data_dir) as house:
        yield _answering(house)


@asynccontextmanager
async def generous_house(data_dir: Path) -> AsyncGenerator[House]:
    """A gate that lets through what is off by default, and knows two routes more."""
    switched_on = {"SLUICE_GATE__CLOUD_MODELS": "true", "SLUICE_GATE__OWNER_ROUTES": "true"}
    async with house_with_fake(data_dir, SLUICE_GATE__ROUTE=_NEW_ROUTES, **switched_on) as house:
        yield _answering(house)


def _answering(house: House) -> House:
    for method, path in _ALSO_ANSWERED:
        house.upstream.route(method, path, replying(200, b'{"text":"hello"}'))
    return house


async def ask(house: House, method: str, path: str, body: bytes | None, key: str, *headers: str) -> Answer:
    """One request with this key, over a connection of its own."""
    async with house.wire() as wire:
        return await wire.ask(request(method, path, body, f"X-API-Key: {key}", *headers))


def form(model: bytes, more: bytes = b"") -> bytes:
    """A transcription's form; `more` stands between the model and the file."""
    return (
        b'--xYz\r\nContent-Disposition: form-data; name="model"\r\n\r\n' + model + b"\r\n" + more
        + b'--xYz\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n\x00\xff\r\n--xYz--\r\n'
    )  # fmt: skip
