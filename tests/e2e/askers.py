"""People who ask one question after the other, whether the gate is there or not."""

import asyncio
import time
import uuid
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx

from tests.fakes.engine import GEMMA, Pulse

_CHAT = {"model": GEMMA.name, "messages": [{"role": "user", "content": "hello"}]}
_TRY_AGAIN_S = 0.02


@dataclass
class Askers:
    """What they asked, by the names they gave their tickets."""

    client: httpx.AsyncClient
    finished: dict[str, float] = field(default_factory=dict[str, float])
    """When the whole answer was there, in unix seconds."""
    cut: set[str] = field(default_factory=set[str])
    """Sent, but never answered in full."""
    pulse: Pulse = field(default_factory=Pulse)

    _tasks: list[asyncio.Task[None]] = field(default_factory=list[asyncio.Task[None]])

    async def ask(self, ticket: str) -> None:
        """One streamed question. Raises httpx.TransportError when the answer does not come or is cut."""
        answer = await self.client.post("/api/chat", json=_CHAT, headers={"X-Queue-Ticket": ticket})
        assert answer.status_code == 200, answer.text
        assert '"done":true' in answer.text.splitlines()[-1]
        self.finished[ticket] = time.time()
        self.pulse.changed()

    def start(self, people: int) -> None:
        """So many ask steadily from now on."""
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._ask_steadily()) for _ in range(people)]

    async def stop(self) -> None:
        """Ask no more; raises whatever went wrong with one of them."""
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)
        for task in self._tasks:
            if not task.cancelled():
                task.result()

    async def first_answer_after(self, instant: float) -> float:
        """When the first answer after that instant was there. Raises TimeoutError after half a minute."""

        def later() -> list[float]:
            return [at for at in self.finished.values() if at > instant]

        await self.pulse.until(lambda: bool(later()), timeout_s=30)
        return min(later())

    async def _ask_steadily(self) -> None:
        while True:
            ticket = str(uuid.uuid4())
            try:
                await self.ask(ticket)
            except httpx.ConnectError:
                await asyncio.sleep(_TRY_AGAIN_S)
            except httpx.TransportError:
                self.cut.add(ticket)


@asynccontextmanager
async def askers_at(url: str) -> AsyncGenerator[Askers]:
    """People who know this address."""
    async with httpx.AsyncClient(base_url=url, trust_env=False, verify=False, timeout=30) as client:
        yield Askers(client)
