"""Canaries: no credential, cookie, password or prompt is in any log line, at any level, or in any file we keep."""

import asyncio
import base64
import logging
from collections.abc import Collection, Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.admin_app.house import ORIGIN, open_house
from tests.hostile.harness import ask, get
from tests.hostile.stage import MAKERS, Stage, staged
from tests.proxy.houses import until

PROMPT = "canary-prompt-93b1"
PASSWORD = "canary password 93b1"
CHAT = b'{"model":"gemma3:270m","stream":false,"messages":[{"role":"user","content":"' + PROMPT.encode() + b'"}]}'
CHUNKED = ("Content-Type: application/json", "Transfer-Encoding: chunked")
COOKIE = ("Cookie: <cookie>", "X-CSRF-Token: <csrf>", "Origin: http://127.0.0.1")
# Everything that a run may hold in memory and must not put down; the rest of a key's text is its public prefix.
SECRETS = (
    "key",
    "other-key",
    "revoked",
    "expired",
    "reader",
    "admin",
    "jwt",
    "jwt-none",
    "cookie",
    "csrf",
    "basic",
)

SENT = (
    ask(body=CHAT),
    ask(body=CHAT, key="<other-key>", target="/api/chat?<key>"),
    ask("POST", "/api/chat", "Authorization: Bearer <key>", body=CHAT, key=None),
    ask("POST", "/api/chat", "Authorization: Basic <basic>", body=CHAT, key=None),
    ask("POST", "/api/chat", "Authorization: Bearer <jwt>", body=CHAT, key=None),
    ask("POST", "/api/chat", *COOKIE, body=CHAT, key=None),
    ask("POST", "/api/chat", *COOKIE[:1], body=CHAT, key=None),
    ask("POST", "/api/chat", "Authorization: Bearer <other-key>", body=CHAT),
    ask(body=CHAT, key="<revoked>"),
    ask(body=CHAT, key="<expired>"),
    ask(body=CHAT, key="<key>x"),
    ask("POST", "/api/chat", "Authorization: Bearer <jwt-none>", body=CHAT, key=None),
    ask(target="/k/<key>/api/chat", body=CHAT, key=None),
    ask(target="/k/<admin>/api/chat", body=CHAT, key=None),
    ask(target="/k/<key>/api/%63hat", body=CHAT, key=None),
    ask(target="/api/<key>", body=CHAT),
    ask(body=CHAT[:-1]),
    ask(body=CHAT.replace(b'"model"', b'"Model"')),
    ask(body=CHAT, host="<key>"),
    ask("<key>", body=CHAT),
    ask(body=CHAT, version="<key>"),
    ask("POST", "/api/chat", "X-Odd: <key>\0", body=CHAT),
    ask("POST", "/api/chat", "X <key>: y", body=CHAT),
    ask("POST", "/api/chat", "Content-Length: <key>", body=CHAT),
    ask("POST", "/api/chat", "X-Priority: <key>", body=CHAT),
    ask("POST", "/api/chat", "Expect: <key>", body=CHAT),
    ask("POST", "/api/chat", "X-API-Key: <key>", "X-Queue-Ticket: <key>", body=CHAT),
    ask("POST", "/api/chat", *CHUNKED, body=None) + b"zz<key>\r\n" + CHAT,
    ask("POST", "/api/chat", *CHUNKED, body=None) + b"%x\r\n" % len(CHAT) + CHAT + b"\r\n0\r\nX: <key>\r\n\r\n",
    ask(target="/api/generate", body=CHAT),
    ask("DELETE", "/api/delete", body=CHAT, key="<reader>"),
    ask(target="/gate/pause", body=CHAT, key="<admin>")[:-1],
    get("/gate/me", key="<admin>"),
    get("/gate/tickets/<key>"),
    b"<key>" + CHAT,
)  # fmt: skip


class _Everything(logging.Handler):
    """Keeps every record as a log file would show it, tracebacks included."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@contextmanager
def everything_logged() -> Generator[list[str]]:
    """All loggers at DEBUG, those included that have a level of their own; the test's own client excepted."""
    handler, root = _Everything(), logging.getLogger()
    named = [one for one in logging.Logger.manager.loggerDict.values() if isinstance(one, logging.Logger)]
    levels = {one: one.level for one in (root, *named)}
    for one in levels:
        is_clients = one.name.split(".", maxsplit=1)[0] in ("httpcore", "httpx")
        one.setLevel(logging.WARNING if is_clients else logging.DEBUG)
    root.addHandler(handler)
    try:
        yield handler.lines
    finally:
        root.removeHandler(handler)
        for one, level in levels.items():
            one.setLevel(level)


async def test_a_run_of_everything_puts_no_secret_and_no_prompt_down(tmp_path: Path) -> None:
    with everything_logged() as lines:
        async with staged(tmp_path) as stage:
            for name in SECRETS:
                stage.made[name] = await MAKERS[name](stage)
            stage.upstream.route("POST", "/api/generate", _break)
            for sent in SENT:
                await _say(stage, sent)
            assert await stage.house.assembly.journal.flush()
            secrets = [stage.control_key, *(stage.made[name] for name in SECRETS), PROMPT]
            _assert_unseen(secrets, lines, stage.house.settings.data_dir)
            # The journal is there, and the upstream got what it should.
            assert len(await stage.house.journal()) >= 6
            assert PROMPT in stage.tap.requests[0].body.decode()
    assert any("policy revision" in line for line in lines)


async def _break(exchange: object) -> None:
    raise RuntimeError("the upstream fails")


async def _say(stage: Stage, sent: bytes) -> None:
    async with stage.house.wire() as wire:
        await wire.send((await stage.fill(sent)).replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
        with suppress(TimeoutError):  # what it still waits for never comes
            await asyncio.wait_for(wire.closes(), 1)
    await until(lambda: stage.house.gate.is_idle)


def _assert_unseen(secrets: Collection[str], lines: Collection[str], folder: Path) -> None:
    kept = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    assert {"sluice.db", "sluice.db-wal", "session.secret"} <= kept.keys()
    for secret in secrets:
        for form in _forms(secret):
            assert not [line for line in lines if form in line]
            assert not [name for name, data in kept.items() if form.encode() in data]


def _forms(secret: str) -> Collection[str]:
    """The secret, its telling end, and how Basic authentication would write it."""
    telling = secret.rpartition("_")[2] if secret.startswith("sl_") else secret.rpartition(".")[2]
    return [
        secret,
        base64.b64encode(secret.encode()).decode().rstrip("="),
        *([telling] if len(telling) > 20 else []),
    ]


def test_the_web_app_puts_no_password_and_no_token_down(tmp_path: Path) -> None:
    with everything_logged() as lines:
        house = open_house(tmp_path)
        token, key = house.invite(is_admin=True), house.key("app")
        ann = house.visitor()
        fields = {"username": "ann", "password": PASSWORD, "token": token}
        assert ann.post_json("/api/auth/register", {**fields, "password": PASSWORD[:5]}).status_code == 400
        assert ann.post_json("/api/auth/register", fields).status_code == 201
        assert ann.post_json("/api/auth/login", {"username": "ann", "password": PASSWORD + "x"}).status_code == 401
        login = ann.post_json("/api/auth/login", {"username": "ann", "password": PASSWORD})
        assert login.status_code == 200
        made = ann.post_json("/api/admin/keys", {"name": "made"})
        cookie = ann.client.get_cookie("sluice", ORIGIN.removeprefix("http://").partition(":")[0])
        assert cookie is not None
        secrets = [PASSWORD, token, key, login.get_json()["access_token"], made.get_json()["key"], cookie.value]
    kept = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    for secret in secrets:
        assert not [line for line in lines if secret in line]
        assert not [name for name, data in kept.items() if secret.encode() in data]
