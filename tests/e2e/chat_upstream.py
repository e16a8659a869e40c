"""A fake Ollama whose answers follow scripts, in a thread of its own, so that a browser test can steer it."""

import asyncio
import json
import threading
import time
from collections.abc import Coroutine, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from addon.demo.http1 import Exchange
from tests.fakes.engine import GEMMA, ScriptedEngine
from tests.fakes.ollama import FakeOllama

THINKER = GEMMA.name
SEER = "seer:4b"
PLAIN = "plain:1b"


@dataclass(frozen=True)
class Think:
    """A piece of thinking."""

    text: str


@dataclass(frozen=True)
class Hold:
    """Wait until `release` is called with this name."""

    name: str


@dataclass(frozen=True)
class Refuse:
    """Answer with this status and JSON instead."""

    status: int
    sentence: str


class Drop:
    """Reset the connection."""


class End:
    """End the stream here, without a final record."""


type Step = str | bytes | float | Think | Hold | Refuse | Drop | End
"""Say a piece, send bytes as they are, wait so many seconds, or one of the above."""


@dataclass
class ChatUpstream:
    """What it says to which prompt; everything else is answered with `One two three`."""

    loop: asyncio.AbstractEventLoop
    scripts: dict[str, Sequence[Step]] = field(default_factory=dict[str, Sequence[Step]])
    asked: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """The bodies of the chat requests, in order of arrival."""
    said_at: dict[str, float] = field(default_factory=dict[str, float])
    """When each piece of text was last sent, in unix seconds."""
    cancelled: int = 0
    running: int = 0
    loaded: set[str] = field(default_factory=set[str])
    fake: FakeOllama = field(init=False)
    _held: dict[str, asyncio.Event] = field(default_factory=dict[str, asyncio.Event])

    def __post_init__(self) -> None:
        facts = (
            GEMMA,
            replace(GEMMA, name=SEER, capabilities=("completion", "vision"), size_bytes=3_300_000_000),
            replace(GEMMA, name=PLAIN, capabilities=("completion",)),
            replace(GEMMA, name="embed:1b", capabilities=("embedding",)),
        )
        self.fake = FakeOllama(ScriptedEngine(facts=facts), parallel=1000)
        self.fake.route("POST", "/api/chat", self._chat)
        self.fake.route("GET", "/api/ps", self._ps)

    def say(self, prompt: str, *steps: Step) -> None:
        """From now on this is the answer to that prompt."""
        self.scripts[prompt] = steps

    def release(self, name: str) -> None:
        """Let those go that are held under this name, now and later."""
        self.loop.call_soon_threadsafe(lambda: self._event(name).set())

    def release_all(self) -> None:
        """Hold nobody any more, so that whoever is left can end."""

        def release() -> None:
            for event in self._held.values():
                event.set()

        self.loop.call_soon_threadsafe(release)

    def run[T](self, work: Coroutine[Any, Any, T]) -> T:
        """Run it over there and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(10)

    async def released(self, name: str) -> None:
        """Return once `release` was called with this name."""
        await self._event(name).wait()

    def _event(self, name: str) -> asyncio.Event:
        return self._held.setdefault(name, asyncio.Event())

    async def _ps(self, exchange: Exchange) -> None:
        models = [{"name": name, "model": name} for name in sorted(self.loaded)]
        await exchange.respond(200, "application/json", json.dumps({"models": models}).encode())

    async def _chat(self, exchange: Exchange) -> None:
        body = json.loads(exchange.request.body)
        self.asked.append(body)
        self.running += 1
        try:
            prompt = next(turn["content"] for turn in reversed(body["messages"]) if turn["role"] == "user")
            await _Telling(self, exchange, body["model"]).tell(self.scripts.get(prompt, ("One", " two", " three")))
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.running -= 1


@dataclass
class _Telling:
    upstream: ChatUpstream
    exchange: Exchange
    model: str
    pieces: int = 0

    async def tell(self, steps: Sequence[Step]) -> None:
        for step in steps:
            if await self._step(step):
                return
        await self._start()
        figures = {"eval_count": self.pieces, "eval_duration": self.pieces * 20_000_000, "total_duration": 10**9}
        reading = {"prompt_eval_count": 12, "prompt_eval_duration": 50_000_000, "load_duration": 700_000_000}
        await self._record(message={"role": "assistant", "content": ""}, done=True, **figures, **reading)
        await self.exchange.finish()

    async def _step(self, step: Step) -> bool:
        """Returns whether that was the end."""
        match step:
            case float() | int():
                await asyncio.sleep(step)
            case Hold(name):
                await self.upstream.released(name)
            case Refuse(status, sentence):
                await self.exchange.respond(status, "application/json", json.dumps({"error": sentence}).encode())
            case Drop():
                self.exchange.reset()
            case End():
                await self._start()
                await self.exchange.finish()
            case str() | bytes() | Think():
                await self._say(step)
        return isinstance(step, Refuse | Drop | End)

    async def _say(self, step: str | bytes | Think) -> None:
        await self._start()
        self.pieces += 1
        match step:
            case bytes():
                await self.exchange.write(step)
            case Think(text):
                await self._record(message={"role": "assistant", "content": "", "thinking": text}, done=False)
            case str():
                self.upstream.said_at[step] = time.time()
                await self._record(message={"role": "assistant", "content": step}, done=False)

    async def _start(self) -> None:
        self.upstream.loaded.add(self.model)
        if not self.exchange.is_started:
            await self.exchange.start(200, [(b"Content-Type", b"application/x-ndjson")])

    async def _record(self, **fields: Any) -> None:
        await self.exchange.write(json.dumps({"model": self.model, **fields}).encode() + b"\n")


@contextmanager
def chat_upstream() -> Generator[ChatUpstream]:
    """The fake, listening until the block ends."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="chat upstream")
    thread.start()
    upstream = ChatUpstream(loop)
    try:
        upstream.run(upstream.fake.start())
        yield upstream
        upstream.release_all()
        upstream.run(upstream.fake.stop())
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
