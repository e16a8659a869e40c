"""Six real clients wait 45 seconds behind somebody else's request, with every default untouched.

Among them are a read timeout of 30 seconds (LlamaIndex) and one of 300 seconds for headers (Node's fetch). Each
has to end with the whole answer, having heard nothing but heartbeats on the way.
"""

import asyncio
import gc
from pathlib import Path

import httpx
import pytest

from addon.demo.http1 import Exchange
from tests.proxy.houses import house_with_fake, until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(240),
    # Two of the libraries offer no way to close their connections; the garbage collector does.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

WAIT_S = 45
TEXT = "One two three"

_ANTHROPIC_EVENTS = """\
event: message_start
data: {"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":"m","content":[],\
"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1}}}

event: content_block_start
data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"One two three"}}

event: content_block_stop
data: {"type":"content_block_stop","index":0}

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":3}}

event: message_stop
data: {"type":"message_stop"}

"""


async def _speak_anthropic(exchange: Exchange) -> None:
    await exchange.respond(200, "text/event-stream", _ANTHROPIC_EVENTS.encode())


async def test_every_client_is_still_there_after_45_seconds_of_waiting(tmp_path: Path) -> None:
    # Not at the top: importing them takes as long as hundreds of tests that have nothing to do with them.
    from tests.clients.six import six_clients  # noqa: PLC0415

    clients = six_clients(tmp_path)
    async with house_with_fake(tmp_path / "data") as house:
        await house.allow("127.0.0.1")
        house.upstream.route("POST", "/v1/messages", _speak_anthropic)
        house.client.timeout = httpx.Timeout(None)
        busy = await house.occupy(await house.key())
        url, loop = f"http://127.0.0.1:{house.port}", asyncio.get_running_loop()
        asking = [loop.create_task(asyncio.to_thread(client, url)) for client in clients]
        # Imports and interpreters start in their own time.
        await until(lambda: len(house.gate.waiting) == len(clients), timeout_s=60)
        done, _ = await asyncio.wait(asking, timeout=WAIT_S)
        assert not done, "somebody gave up while waiting"
        house.upstream.engine.release()
        assert await asyncio.gather(*asking) == [TEXT] * len(clients)
        await busy
        rows = await house.journal()
    gc.collect()  # here, where the filters above expect it, and not in the next test
    assert sum(row.waited_s > WAIT_S - 1 for row in rows) == len(clients)
