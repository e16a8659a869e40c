"""Where hostile cases play: a gate, a tap, a fake Ollama, and whatever credentials a case names.

Bytes on their way to the gate may hold placeholders such as `<key>`; each is made when it first occurs.
"""

import base64
import hmac
import json
import re
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt

from addon.core.principal import Scope
from addon.store.keys import revoke_key
from addon.store.secret_file import load_secret
from tests.changing import changing_rules
from tests.fakes.ollama import FakeOllama, fake_ollama, replying
from tests.hostile.tap import Tap, tap_before
from tests.proxy.houses import CHAT, House, Visitor, running_house

_PLACEHOLDER = re.compile(rb"<([a-z0-9-]+)>")
SMALL_CHAT: Mapping[str, Any] = CHAT | {"stream": False}
BODY = json.dumps(SMALL_CHAT).encode()
CONTROL_KEY_NAME = "control"

type Maker = Callable[["Stage"], Awaitable[str]]


@dataclass
class Stage:
    """A running house with a tap, and the credentials that were made so far."""

    house: House
    tap: Tap
    upstream: FakeOllama
    control_key: str
    made: dict[str, str] = field(default_factory=dict[str, str])
    visitors: dict[str, Visitor] = field(default_factory=dict[str, Visitor])
    failures: int = 0
    """Answers that said 401 or 429; thirty a minute are too many."""

    async def fill(self, data: bytes) -> bytes:
        """Put what they stand for in place of the placeholders."""
        for name in {match[1].decode() for match in _PLACEHOLDER.finditer(data)} & MAKERS.keys():
            if name not in self.made:
                self.made[name] = await MAKERS[name](self)
            data = data.replace(f"<{name}>".encode(), self.made[name].encode())
        return data

    async def visitor(self, name: str) -> Visitor:
        """A signed-in person."""
        if name not in self.visitors:
            self.visitors[name] = await self.house.sign_in(name)
        return self.visitors[name]

    @property
    def secret(self) -> bytes:
        """What signs sessions here."""
        return load_secret(self.house.settings.data_dir)


@asynccontextmanager
async def staged(folder: Path, **environ: str) -> AsyncGenerator[Stage]:
    """A stage for one case."""
    async with fake_ollama() as upstream, tap_before(upstream.port) as tap:
        # The demo's face, of which the fake is made, does not listen.
        upstream.route("POST", "/v1/audio/transcriptions", replying(200, b'{"text":"x"}'))
        settings = {"SLUICE_UPSTREAM__URL": tap.url} | environ
        async with running_house(folder / "data", upstream, None, **settings) as house:
            yield Stage(house, tap, upstream, await house.key(CONTROL_KEY_NAME))


def _key(name: str, **more: Any) -> Maker:
    async def make(stage: Stage) -> str:
        return await stage.house.key(name, **more)

    return make


async def _revoked(stage: Stage) -> str:
    key = await stage.house.key("revoked")
    with changing_rules(stage.house.engine) as session:
        revoke_key(session, "revoked", time.time())
    await stage.house.assembly.rules.refresh()
    return key


async def _expired(stage: Stage) -> str:
    return await stage.house.key("expired", expires_at=time.time() - 1)


def _jwt(
    algorithm: str = "HS256",
    secret: bytes | None = None,
    head: Mapping[str, object] | None = None,
    **changes: object,
) -> Maker:
    """A token as the gate would sign it for somebody signed in, but for these changes (None: left out)."""

    async def make(stage: Stage) -> str:
        good = (await stage.visitor("ann")).token
        claims = jwt.decode(good, options={"verify_signature": False}) | changes
        claims = {name: value for name, value in claims.items() if value is not None}
        header = {"typ": "JWT", "alg": algorithm, **(head or {})}
        return _signed(header, claims, secret or stage.secret)

    return make


def _signed(header: Mapping[str, object], claims: Mapping[str, object], secret: bytes) -> str:
    # By hand: PyJWT signs nothing that it thinks unwise.
    said = b".".join(_base64url(json.dumps(part).encode()) for part in (header, claims))
    digest = {"HS256": "sha256", "HS512": "sha512"}.get(str(header["alg"]))
    signature = hmac.digest(secret, said, digest) if digest else b""
    return f"{said.decode()}.{_base64url(signature).decode()}"


def _base64url(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


async def _unsigned(stage: Stage) -> str:
    return (await stage.visitor("ann")).token.rpartition(".")[0] + "."


def _of_visitor(name: str, what: Callable[[Visitor], str]) -> Maker:
    async def make(stage: Stage) -> str:
        return what(await stage.visitor(name))

    return make


async def _basic(stage: Stage) -> str:
    return base64.b64encode(f"anybody:{await stage.house.key('basic')}".encode()).decode()


MAKERS: Mapping[str, Maker] = {
    "key": _key("app"),
    "other-key": _key("other"),
    "reader": _key("reader", scopes=frozenset({Scope.READ})),
    "manager": _key("manager", scopes=frozenset({Scope.READ, Scope.INFER, Scope.MANAGE})),
    "admin": _key("boss", scopes=frozenset(Scope)),
    "narrow": _key("narrow", models=("llama3",)),
    "late": _key("late", priority=4),
    "basic": _basic,
    "revoked": _revoked,
    "expired": _expired,
    "jwt": _jwt(),
    "jwt-none": _jwt("none"),
    "jwt-hs512": _jwt("HS512"),
    "jwt-kid": _jwt(head={"kid": "../../../../dev/null"}),
    "jwt-crit": _jwt(head={"crit": ["x"], "x": 1}),
    "jwt-no-exp": _jwt(exp=None),
    "jwt-no-jti": _jwt(jti=None),
    "jwt-old": _jwt(exp=1_700_000_000),
    "jwt-audience": _jwt(aud="somebody-else"),
    "jwt-issuer": _jwt(iss="somebody-else"),
    "jwt-session": _jwt(jti="0" * 32),
    "jwt-forged": _jwt(secret=bytes(64)),
    "jwt-unsigned": _unsigned,
    "cookie": _of_visitor("ann", lambda ann: f"sluice={ann.token}"),
    "csrf": _of_visitor("ann", lambda ann: ann.csrf),
    "other-csrf": _of_visitor("bob", lambda bob: bob.csrf),
}
