"""The control socket: for the owner of the data directory alone, and not to be upset by junk."""

import asyncio
import json
import socket
import stat
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from addon.proxy.run import StartError
from tests.proxy.houses import House, house_with_fake, make_settings

UUID = "11111111-2222-3333-4444-555555555555"


@asynccontextmanager
async def _talk(path: Path) -> AsyncGenerator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_unix_connection(path)
    try:
        async with asyncio.timeout(5):
            yield reader, writer
    finally:
        writer.close()


async def _say(house: House, *lines: bytes) -> list[Any]:
    async with _talk(house.settings.data_dir / "control.sock") as (reader, writer):
        writer.writelines(line + b"\n" for line in lines)
        return [json.loads(await reader.readline()) for _ in lines]


async def _wish(house: House, **wish: object) -> Any:
    (answer,) = await _say(house, json.dumps(wish).encode())
    return answer


async def test_the_socket_is_its_owners_alone(house: House) -> None:
    mode = (house.settings.data_dir / "control.sock").stat().st_mode
    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o600


async def test_the_owner_sees_the_queue_without_a_credential(house: House) -> None:
    key = await house.key()
    busy = await house.occupy(key)
    answer = await _wish(house, command="queue")
    assert answer["ok"]
    assert [row["principal"] for row in answer["result"]["running"]] == ["app"]
    house.upstream.engine.release()
    await busy


async def test_the_owner_hears_how_the_upstream_is(house: House) -> None:
    (told,) = (await _wish(house, command="upstreams"))["result"]["upstreams"]
    assert (told["name"], told["state"], told["url"]) == ("default", "up", house.upstream.url)


async def test_the_owner_pauses_resumes_and_drains(house: House) -> None:
    for command, state in (("pause", "paused"), ("resume", "open"), ("drain", "draining")):
        assert (await _wish(house, command=command))["result"]["state"] == state
        assert house.gate.state == state


async def test_the_owner_bumps_and_cancels_by_ticket(house: House) -> None:
    key = await house.key()
    busy = await house.occupy(key)
    first = house.chatting(key)
    await house.until_waiting(1)
    second = house.chatting(key, **{"X-Queue-Ticket": UUID})
    await house.until_waiting(2)
    bumped = await _wish(house, command="bump", ticket=UUID)
    assert bumped["result"]["waiting"][0]["ticket"] == UUID
    cancelled = await _wish(house, command="cancel", ticket=UUID)
    assert len(cancelled["result"]["waiting"]) == 1
    assert (await second).status_code == 403
    house.upstream.engine.release()
    for task in (busy, first):
        await task
    assert "terminal" in {row.ended_by for row in await house.journal()}


JUNK = [
    b"",
    b"hello",
    b"[]",
    b"null",
    b'{"command":"explode"}',
    b"{}",
    b'{"command":"cancel"}',
    b'{"command":"cancel","ticket":"unknown"}',
    b'{"command":"bump","ticket":[1]}',
    b"\xff\xfe",
    b"[" * 60_000,
]


async def test_junk_is_answered_with_a_sentence_and_the_talk_goes_on(house: House) -> None:
    *answers, last = await _say(house, *JUNK, b'{"command":"queue"}')
    for answer in answers:
        assert answer["ok"] is False
        assert answer["error"].endswith(".")
    assert last["ok"]
    assert house.gate.state == "open"


async def test_a_line_without_end_ends_the_talk_and_nothing_else(house: House) -> None:
    async with _talk(house.settings.data_dir / "control.sock") as (reader, writer):
        writer.write(b"x" * 200_000)
        assert await reader.read() == b""
    assert (await _wish(house, command="queue"))["ok"]


async def test_whoever_leaves_without_listening_harms_nobody(house: House) -> None:
    async with _talk(house.settings.data_dir / "control.sock") as (_, writer):
        writer.write(b'{"command":"queue"}\n' * 1000)
        writer.transport.abort()
    assert (await _wish(house, command="queue"))["ok"]


async def test_a_socket_left_behind_by_a_killed_gate_is_replaced(tmp_path: Path) -> None:
    make_settings(tmp_path / "data", "http://127.0.0.1:9")
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(tmp_path / "data" / "control.sock"))
    async with house_with_fake(tmp_path / "data") as house:
        assert (await _wish(house, command="queue"))["ok"]


async def test_a_stopped_gate_does_not_answer(tmp_path: Path) -> None:
    async with house_with_fake(tmp_path / "data"):
        pass
    with pytest.raises((FileNotFoundError, ConnectionRefusedError)):
        await asyncio.open_unix_connection(tmp_path / "data" / "control.sock")


async def test_a_data_directory_too_deep_for_a_socket_is_told_in_a_sentence(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    with pytest.raises(StartError, match=r"cannot listen there for the command line .* --data\.$"):
        async with house_with_fake(deep / "data"):
            pass
