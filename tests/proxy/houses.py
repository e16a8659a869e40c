"""A real gate for tests: own event loop turn, real sockets, real SQLite, a fake Ollama behind it."""

import asyncio
import json
import os
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from addon.core import session as sessions
from addon.core.gate import Gate
from addon.core.principal import Scope
from addon.core.session import SessionClaims
from addon.proxy.assembly import Assembly, assemble
from addon.proxy.run import GateServer, free_port
from addon.proxy.tasks import spawn
from addon.proxy.web_app import WebApp
from addon.settings import Settings, load_settings
from addon.store.address_rules import NewRule, add_rule
from addon.store.engine import Engine, Session, make_engine, reading
from addon.store.invites import NewInvite, add_invite
from addon.store.journal import last_finished
from addon.store.keys import NewKey, add_key
from addon.store.models import JournalRow
from addon.store.schema import ensure_schema
from addon.store.secret_file import load_secret
from addon.store.sessions import start_session
from addon.store.users import register
from tests.changing import changing_rules
from tests.fakes.ollama import FakeOllama, fake_ollama
from tests.proxy.wire import Wire, request, wire_to

MODEL = "gemma3:270m"
CHAT = {"model": MODEL, "messages": [{"role": "user", "content": "hello"}]}
CHAT_BYTES = json.dumps(CHAT).encode()
ALL_SCOPES = frozenset(Scope)


@dataclass(frozen=True)
class Visitor:
    """A signed-in person: what the browser holds."""

    token: str
    csrf: str

    @property
    def cookie(self) -> dict[str, str]:
        return {"Cookie": f"sluice={self.token}"}


@dataclass
class House:
    """A running gate with its fake Ollama; `client` speaks to it without any credential."""

    settings: Settings
    assembly: Assembly
    server: GateServer
    serving: asyncio.Task[None]
    engine: Engine
    upstream: FakeOllama
    client: httpx.AsyncClient

    @property
    def gate(self) -> Gate:
        return self.assembly.turnstile.gate

    @property
    def port(self) -> int:
        return self.settings.gate.listen.port

    @property
    def connections(self) -> Mapping[tuple[str, ...] | str, object]:
        """The gate's client connections, as mitmproxy keeps them."""
        return self.server._proxyserver.connections  # pyright: ignore[reportPrivateUsage] - nothing else tells

    def wire(self) -> AbstractAsyncContextManager[Wire]:
        """A raw connection to the gate."""
        return wire_to(self.port)

    async def key(self, name: str = "app", **more: Any) -> str:
        """A fresh API key, in force when this returns."""
        return await self._change(lambda session: add_key(session, NewKey(name, **more), time.time())[1])

    async def admin_key(self) -> str:
        """A key that may do everything."""
        return await self.key("boss", scopes=ALL_SCOPES)

    async def allow(self, cidr: str = "127.0.0.1", priority: int | None = None, **more: Any) -> None:
        """Put an address on the allow-list, in force when this returns."""
        rule = NewRule(cidr, "tools", priority, **more)
        await self._change(lambda session: add_rule(session, rule, time.time()))

    async def sign_in(self, name: str = "ann", *, is_admin: bool = False) -> Visitor:
        """Somebody with an account and a session, in force when this returns."""
        now = time.time()

        def sign_in(session: Session) -> SessionClaims:
            invite = add_invite(session, NewInvite(1, 60, is_admin), now)[1]
            user = register(session, name, b"-", invite, now)
            return SessionClaims(start_session(session, user, now, 3600).id, user.id, now, now + 3600)

        claims = await self._change(sign_in)
        secret = load_secret(self.settings.data_dir)
        return Visitor(sessions.encode(claims, secret), sessions.csrf_token(claims.session_id, secret))

    async def _change[T](self, change: Callable[[Session], T]) -> T:
        # In a thread, as the web app is a process: the gate may hold the lock and need the loop to let go of it.
        def commit() -> T:
            with changing_rules(self.engine) as session:
                return change(session)

        done = await asyncio.to_thread(commit)
        await self.assembly.rules.refresh()
        return done

    def posting(self, path: str, body: object, key: str, **headers: str) -> asyncio.Task[httpx.Response]:
        """A request with this key in the background."""
        post = self.client.post(path, json=body, headers={"X-API-Key": key, **headers})
        return asyncio.create_task(post)  # noqa: TID251 - the test keeps it

    async def chat(self, key: str, **headers: str) -> httpx.Response:
        """One chat request with this key."""
        return await self.chatting(key, **headers)

    def chatting(self, key: str, **headers: str) -> asyncio.Task[httpx.Response]:
        """The same in the background."""
        return self.posting("/api/chat", CHAT, key, **headers)

    async def occupy(self, key: str) -> asyncio.Task[httpx.Response]:
        """A request that holds the only slot until `upstream.engine.release()`."""
        self.upstream.engine.hold()
        busy = self.chatting(key)
        await self.upstream.engine.until_running(1)
        return busy

    async def until_waiting(self, count: int) -> None:
        """Return once `count` tickets wait."""
        await until(lambda: len(self.gate.waiting) == count)

    async def until_idle(self) -> None:
        """Return once nobody waits and nobody runs."""
        await asyncio.wait_for(self.assembly.turnstile.wait_until_idle(), 5)

    async def journal(self) -> Sequence[JournalRow]:
        """Every row so far, the oldest first."""
        assert await self.assembly.journal.flush()
        with reading(self.engine) as session:
            return list(reversed(last_finished(session)))


def chat_request(key: str | None, *headers: str, path: str = "/api/chat") -> bytes:
    """The bytes of a chat request."""
    credential = () if key is None else (f"X-API-Key: {key}",)
    return request("POST", path, CHAT_BYTES, "Content-Type: application/json", *credential, *headers)


async def until(holds: Callable[[], bool], timeout_s: float = 5.0) -> None:
    """Return once it holds; for states that nothing announces."""
    async with asyncio.timeout(timeout_s):
        # The gate has no event for "somebody new waits"; yielding lets its sockets be read.
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.001)


def make_settings(data_dir: Path, upstream_url: str, **environ: str) -> Settings:
    """Settings of a test gate: a free port, its own data directory with a migrated database."""
    settings = load_settings(
        config=None,
        data=data_dir,
        listen=f"127.0.0.1:{free_port('127.0.0.1')}",
        environ={"SLUICE_UPSTREAM__URL": upstream_url, **environ},
    )
    data_dir.mkdir(mode=0o700, exist_ok=True)
    if not (data_dir / "sluice.db").exists():
        (data_dir / "sluice.db").touch(mode=0o600)
        (data_dir / "sluice.db").write_bytes(_migrated())
    return settings


@cache
def _migrated() -> bytes:
    # Migrating takes a hundred times longer than copying the outcome.
    with TemporaryDirectory() as directory:
        path = Path(directory) / "sluice.db"
        ensure_schema(make_engine(f"sqlite:///{path}"), Path(directory))
        return path.read_bytes()


async def ready_or_failed(is_ready: asyncio.Event, serving: asyncio.Task[None]) -> None:
    """Return once the gate accepts connections; raises what kept it from doing so."""
    waiting = spawn(_until_set(is_ready), name="wait for the gate")
    await asyncio.wait({waiting, serving}, timeout=5, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if serving.done():
        serving.result()
    assert is_ready.is_set()


async def _until_set(event: asyncio.Event) -> None:
    await event.wait()


@asynccontextmanager
async def running_house(
    data_dir: Path, upstream: FakeOllama, web_app: WebApp | None = None, **environ: str
) -> AsyncGenerator[House]:
    """A gate in front of this upstream."""
    os.umask(0o077)
    settings = make_settings(data_dir, upstream.url, **environ)
    assembly = assemble(settings, load_secret(data_dir), web_app)
    is_ready = asyncio.Event()
    server = GateServer(assembly, is_ready.set)
    serving = spawn(server.run(), name="test gate")
    await ready_or_failed(is_ready, serving)
    base_url = f"http://127.0.0.1:{settings.gate.listen.port}"
    try:
        # No TLS is spoken here, and reading the root certificates takes longer than a whole test.
        async with httpx.AsyncClient(base_url=base_url, trust_env=False, timeout=10, verify=False) as client:
            engine = make_engine(settings.database.url)
            yield House(settings, assembly, server, serving, engine, upstream, client)
    finally:
        server.stop_now()
        await asyncio.wait_for(serving, 5)


@asynccontextmanager
async def house_with_fake(data_dir: Path, **environ: str) -> AsyncGenerator[House]:
    """A gate and its own fake Ollama."""
    async with fake_ollama() as upstream, running_house(data_dir, upstream, None, **environ) as house:
        yield house
