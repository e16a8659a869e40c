"""The queue over real sockets: who waits, who is next, and what they are told."""

import asyncio

import httpx

from tests.proxy.houses import CHAT, House


def _key(text: str) -> dict[str, str]:
    return {"X-API-Key": text}


async def test_a_keyed_request_is_answered_with_the_upstreams_bytes_and_its_place(house: House) -> None:
    answer = await house.client.post("/api/chat", json=CHAT, headers=_key(await house.key()))
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    assert [answer.headers[f"x-queue-{name}"] for name in ("class", "base", "position")] == [
        "custom_app",
        "2",
        "1",
    ]
    assert answer.text.count("\n") == 4
    await house.until_idle()


async def test_one_slot_admits_by_effective_priority_not_by_arrival(house: House) -> None:
    keys = {priority: await house.key(f"p{priority}", priority=priority) for priority in (9, 5, 1)}
    house.upstream.engine.hold()
    first = house.chatting(keys[9])
    await house.upstream.engine.until_running(1)
    finished: list[int] = []

    async def ask(priority: int) -> httpx.Response:
        answer = await house.client.post("/api/chat", json=CHAT, headers=_key(keys[priority]))
        finished.append(priority)
        return answer

    async with asyncio.TaskGroup() as group:
        for count, priority in enumerate((9, 5, 1), 1):
            group.create_task(ask(priority))
            await house.until_waiting(count)
        assert [ticket.base for ticket in house.gate.waiting] == [1, 5, 9]
        house.upstream.engine.release()
    assert finished == [1, 5, 9]
    assert (await first).status_code == 200
    assert house.upstream.engine.max_running == 1


async def test_metadata_does_not_queue(house: House) -> None:
    key = await house.key()
    house.upstream.engine.hold()
    busy = house.chatting(key)
    await house.upstream.engine.until_running(1)
    for path in ("/api/tags", "/api/version", "/api/ps", "/v1/models", "/"):
        assert (await house.client.get(path, headers=_key(key))).status_code == 200
    house.upstream.engine.release()
    await busy


async def test_a_client_that_leaves_while_waiting_never_reaches_the_upstream(house: House) -> None:
    key = await house.key()
    house.upstream.engine.hold()
    busy = house.chatting(key)
    await house.upstream.engine.until_running(1)
    leaver = house.chatting(key)
    await house.until_waiting(1)
    leaver.cancel()
    await house.until_waiting(0)
    house.upstream.engine.release()
    await busy
    await house.until_idle()
    assert len(house.upstream.engine.started) == 1


async def test_a_client_that_leaves_mid_stream_stops_the_model_and_frees_the_slot(house: House) -> None:
    key = await house.key()
    house.upstream.engine.scripts.append(("One", asyncio.Event()))
    async with house.client.stream("POST", "/api/chat", json=CHAT, headers=_key(key)) as answer:
        async for _ in answer.aiter_raw():
            break
        assert house.gate.running
    await house.upstream.engine.until_cancelled(1)
    await house.until_idle()
    assert (await house.client.post("/api/chat", json=CHAT, headers=_key(key))).status_code == 200
