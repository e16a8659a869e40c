"""One hostile case: bytes in, what must come back, what the upstream may have seen, and that nothing is left."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from addon.core.refusal import Reason
from tests.hostile.quiet import no_complaints
from tests.hostile.stage import BODY, Stage
from tests.hostile.tap import Seen
from tests.hostile.theatre import Theatre
from tests.proxy.houses import until
from tests.proxy.wire import Answer, Wire

IDLE = "<Gate open, 0/1 running, 0 waiting>"
PATIENCE_S = 5.0
_NEVER_SAID = ("mitmproxy", "<html", "<!doctype", "traceback", "python")


@dataclass(frozen=True)
class Forwarded:
    """The one request that may reach Ollama: its line, its own header lines, its body."""

    line: str = "POST /api/chat HTTP/1.1"
    headers: Sequence[str] = ("content-type: application/json",)
    body: bytes = BODY
    is_chunked: bool = False

    def lines(self, host: str) -> Sequence[str]:
        """Every header line it must have, in lower case and sorted."""
        length = ["transfer-encoding: chunked"] if self.is_chunked else []
        if not self.is_chunked and self.body:
            length = [f"content-length: {len(self.body)}"]
        return sorted([*self.headers, *length, f"host: {host}", "accept-encoding: identity"])


CHAT_FORWARDED = Forwarded()


@dataclass(frozen=True)
class Case:
    """`status` None means: closed without a word. Of several any is right; `reaches` counts with 2xx only.

    `closes` asks for a closed connection behind a refusal; with `may_be_silent` a close alone is one.
    """

    sent: bytes
    status: tuple[int, ...] | None
    reason: str | None = None
    reaches: Forwarded | None = None
    closes: bool = False
    may_be_silent: bool = False
    allow: Sequence[str] = ()
    environ: Mapping[str, str] = field(default_factory=dict[str, str])
    dialect: str = "ollama"


def refused(sent: bytes, status: int, reason: str | None = None, **more: Any) -> Case:
    """A case that must be refused so, and of which the upstream hears nothing."""
    return Case(sent, (status,), reason, **more)


def malformed(sent: bytes, **more: Any) -> Case:
    """A case that must be refused as malformed and whose connection must be closed."""
    return Case(sent, (400,), "malformed", closes=True, **more)


def passes(sent: bytes, reaches: Forwarded = CHAT_FORWARDED, **more: Any) -> Case:
    """A case that must be served, with exactly this reaching the upstream."""
    return Case(sent, (200,), None, reaches, **more)


def ask(
    method: str = "POST",
    target: str = "/api/chat",
    *lines: str,
    body: bytes | None = BODY,
    key: str | None = "<key>",
    host: str | None = "127.0.0.1",
    version: str = "HTTP/1.1",
) -> bytes:
    """A sound request but for what the arguments spoil; a body gets its length and type."""
    head = [f"{method} {target} {version}"]
    head += [] if host is None else [f"Host: {host}"]
    head += [] if key is None else [f"X-API-Key: {key}"]
    head += [] if body is None else ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*head, *lines]).encode("latin-1") + b"\r\n\r\n" + (body or b"")


def get(target: str = "/api/version", *lines: str, key: str | None = "<key>", **more: Any) -> bytes:
    """A sound GET but for what the arguments spoil."""
    return ask("GET", target, *lines, body=None, key=key, **more)


def got(target: str = "/api/version") -> Forwarded:
    """A GET as it reaches Ollama."""
    return Forwarded(f"GET {target} HTTP/1.1", (), b"")


async def play(case: Case, theatre: Theatre) -> Answer | None:
    """Play the case and check everything that must hold; gives what was answered."""
    async with theatre.stage(case.allow, case.environ) as stage:
        with no_complaints():
            return await _play(case, stage)


async def _play(case: Case, stage: Stage) -> Answer | None:
    data = await stage.fill(case.sent)
    async with stage.house.wire() as wire, asyncio.timeout(PATIENCE_S):
        answer = await _answer(case, wire, data)
    if answer is not None:
        stage.failures += answer.status in (401, 429)
        if answer.status >= 400:
            check_refusal(answer, stage, case.dialect)
    is_served = answer is not None and answer.status < 300
    await check_house(stage, [case.reaches] if is_served and case.reaches is not None else [])
    return answer


async def _answer(case: Case, wire: Wire, data: bytes) -> Answer | None:
    with suppress(ConnectionError):  # it may close before it has read everything
        await wire.send(data)
    if case.status is None:
        assert await wire.closes() == b""
        return None
    answer = await wire.answer("HEAD" if data.startswith(b"HEAD ") else "GET")
    if answer is None:
        assert case.may_be_silent, "the connection was closed without an answer"
        return None
    assert answer.status in case.status, answer
    if case.reason is not None and answer.status >= 400:
        assert answer.reason == case.reason, answer
    if case.closes and answer.status >= 400:
        assert await wire.closes() == b"", "something follows the answer to a broken request"
    return answer


def check_refusal(answer: Answer, stage: Stage, dialect: str) -> None:
    """A refusal of the gate: listed, in the path's dialect, and without a word too many."""
    assert answer.reason is not None, answer
    reason = Reason[answer.reason.upper()]
    assert answer.status == reason.status or (answer.status, reason.status) == (403, 401)
    assert answer.header("content-type") == "application/json"
    assert b"\n" not in answer.body
    assert (answer.header("retry-after") is not None) == (answer.status in (429, 503))
    said = "\n".join(f"{name}: {value}" for name, value in answer.headers) + answer.body.decode()
    assert not [word for word in _NEVER_SAID if word in said.lower()]
    assert not [name for name, secret in stage.made.items() if len(secret) > 20 and secret in said]
    if answer.body:
        assert dialect_of(answer.body) == dialect, answer.body


def dialect_of(body: bytes) -> str:
    """Whose error shape this is."""
    document = json.loads(body)
    match document:
        case {"error": str()} if len(document) == 1:
            return "ollama"
        case {"type": "error", "error": {"type": str(), "message": str()}}:
            return "anthropic"
        case {"error": {"message": str(), "type": str(), "param": None, "code": _}}:
            return "openai"
        case _:
            return "unknown"


async def check_house(stage: Stage, reached: Sequence[Forwarded], wires: int = 0) -> None:
    """Nothing runs or waits, the upstream saw exactly this, and a keyed request is served right afterwards.

    `wires` is how many connections the case still holds open.
    """
    house = stage.house
    await house.until_idle()
    assert repr(house.gate) == IDLE
    assert house.gate.limits.slots == 1
    async with house.wire() as fresh:
        assert (await fresh.ask(ask(key=stage.control_key))).status == 200
    *seen, last = stage.tap.requests
    assert last.line == CHAT_FORWARDED.line
    host = f"127.0.0.1:{stage.tap.port}"
    assert [_told(one) for one in seen] == [(one.line, one.lines(host), one.body) for one in reached]
    assert stage.upstream.engine.max_running <= 1
    await until(lambda: len(house.connections) <= wires)


def _told(seen: Seen) -> tuple[str, Sequence[str], bytes]:
    headers = [line for line in seen.headers if line.lower() != "connection: close"]
    return seen.line, sorted(_with_lower_name(line) for line in headers), seen.body


def _with_lower_name(line: str) -> str:
    name, colon, value = line.partition(":")
    return name.lower() + colon + value
