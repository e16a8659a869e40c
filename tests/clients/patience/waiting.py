"""All clients at once behind one long request, and what the gate's journal says of each."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from addon.demo.http1 import Exchange
from addon.store.models import JournalRow
from tests.clients.patience.asking import Answer, ask
from tests.clients.patience.installing import Door, Installed
from tests.proxy.houses import MODEL, House, house_with_fake

_ARRIVE_S = 180
"""Twenty interpreters start at once, and one of them looks for updates on a network that may be away."""
_ANSWER_S = 180

_ANTHROPIC_EVENTS: Sequence[Mapping[str, object]] = (
    {
        "type": "message_start",
        "message": {
            "id": "m",
            "type": "message",
            "role": "assistant",
            "model": MODEL,
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": {"input_tokens": 1, "output_tokens": 1},
        },
    },
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "One two three"}},
    {"type": "content_block_stop", "index": 0},
    {
        "type": "message_delta",
        "delta": {"stop_reason": "end_turn", "stop_sequence": None},
        "usage": {"output_tokens": 3},
    },
    {"type": "message_stop"},
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one client."""

    installed: Installed
    fault: str | None
    waited_s: float
    """The longest wait of its requests, by the gate's journal."""
    requests: int
    """How many requests for inference it sent; more than one means that it tried again."""


async def make_wait(clients: Sequence[Installed], data_dir: Path, wait_s: float) -> Sequence[Verdict]:
    """Let every client wait for at least `wait_s` behind somebody else's request, then let all be served."""
    async with house_with_fake(data_dir) as house:
        await house.allow("127.0.0.1")  # some never send their key when they look up models
        house.upstream.route("POST", "/v1/messages", _speak_anthropic)
        house.client.timeout = httpx.Timeout(None)
        busy = await house.occupy(await house.key("somebody else"))
        asking = {client.key_name: await _start(house, client) for client in clients}
        await _until_all_wait(house, asking)
        await asyncio.wait(asking.values(), timeout=wait_s)
        house.upstream.engine.release()
        await busy
        await asyncio.wait(asking.values(), timeout=_ANSWER_S)
        answers = {name: await _answer(task) for name, task in asking.items()}
        rows = await house.journal()
    return [_verdict(client, answers[client.key_name], rows) for client in clients]


async def _start(house: House, installed: Installed) -> asyncio.Task[Answer]:
    name = installed.key_name
    door = Door(house.port, MODEL, await house.key(name))
    return asyncio.get_running_loop().create_task(ask(installed, door), name=name)


async def _until_all_wait(house: House, asking: Mapping[str, asyncio.Task[Answer]]) -> None:
    """Return when each waits or has given up; whoever does neither within `_ARRIVE_S` shows in the journal."""
    for _ in range(_ARRIVE_S):
        waiting = {ticket.principal.label for ticket in house.gate.waiting}
        if all(name in waiting or task.done() for name, task in asking.items()):
            return
        await asyncio.sleep(1)


async def _answer(task: asyncio.Task[Answer]) -> Answer:
    if not task.done():
        task.cancel()
        await asyncio.wait([task])
        return Answer(f"it had not ended {_ANSWER_S} s after its turn had come")
    return task.result()


async def _speak_anthropic(exchange: Exchange) -> None:
    events = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in _ANTHROPIC_EVENTS)
    await exchange.respond(200, "text/event-stream", events.encode())


def _verdict(installed: Installed, answer: Answer, rows: Sequence[JournalRow]) -> Verdict:
    own = [row for row in rows if row.principal == installed.key_name]
    fault = answer.fault if own else answer.fault or "the gate knows of no request with its key"
    return Verdict(installed, fault, max((row.waited_s for row in own), default=0.0), len(own))
