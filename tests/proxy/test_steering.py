"""The administrator's hand on the running gate: over HTTP and from the terminal, kept over restarts."""

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from addon.proxy.run import StartError
from addon.proxy.steering import AT_TERMINAL
from addon.store.live_settings import forget_setting, keep_setting
from addon.store.models import LiveSetting
from tests.changing import changing_rules
from tests.fakes.ollama import fake_ollama
from tests.proxy.houses import ALL_SCOPES, House, chat_request, house_with_fake, running_house, until
from tests.proxy.wire import request

UUID = "aaaaaaaa-2222-3333-4444-555555555555"
JSON = {"Content-Type": "application/json"}


async def _put_slots(house: House, key: str, body: bytes) -> tuple[int, Any]:
    answer = await house.client.put("/gate/slots", content=body, headers={"X-API-Key": key})
    return answer.status_code, answer.json()


async def test_more_slots_admit_the_next_before_the_answer_comes(house: House) -> None:
    boss = await house.admin_key()
    busy = await house.occupy(boss)
    waiting = house.chatting(boss)
    await house.until_waiting(1)
    status, queue = await _put_slots(house, boss, b'{"upstream":"default","slots":2}')
    assert (status, queue["slots"], queue["totals"]) == (
        200,
        {"total": 2, "used": 2},
        {"waiting": 0, "running": 2},
    )
    await house.upstream.engine.until_running(2)
    house.upstream.engine.release()
    assert [(await task).status_code for task in (busy, waiting)] == [200, 200]


async def test_what_was_changed_live_is_there_after_a_restart(tmp_path: Path) -> None:
    async with fake_ollama() as upstream:
        async with running_house(tmp_path / "data", upstream) as house:
            await house.assembly.steering.resize(None, 3, AT_TERMINAL)
            await house.assembly.steering.change("queue.aging_per_minute", 0.5, AT_TERMINAL)
        async with running_house(tmp_path / "data", upstream) as house:
            assert (house.gate.limits.slots, house.gate.limits.aging_per_minute) == (3, 0.5)
            assert house.assembly.turnstile.forecast.aging_per_minute == 0.5


async def test_what_another_process_changes_is_in_force_within_a_second(tmp_path: Path) -> None:
    async with house_with_fake(tmp_path / "data") as house:
        with changing_rules(house.engine) as session:
            keep_setting(session, "queue.aging_per_minute", 0.5, AT_TERMINAL, 1.0)
        async with asyncio.timeout(1):
            await until(lambda: house.gate.limits.aging_per_minute == 0.5)
        with changing_rules(house.engine) as session:
            forget_setting(session, "queue.aging_per_minute", AT_TERMINAL, 2.0)
        async with asyncio.timeout(1):
            await until(lambda: house.gate.limits.aging_per_minute == 0.1)


async def test_the_environment_stands_above_a_live_change(tmp_path: Path) -> None:
    async with fake_ollama() as upstream:
        async with running_house(tmp_path / "data", upstream) as house:
            await house.assembly.steering.resize(None, 3, AT_TERMINAL)
        async with running_house(tmp_path / "data", upstream, SLUICE_UPSTREAM__SLOTS="2") as house:
            assert house.gate.limits.slots == 2
            status, said = await _put_slots(house, await house.admin_key(), b'{"slots":4}')
            assert status == 409
            assert "set by the environment" in said["error"]
            assert house.gate.limits.slots == 2


async def test_a_kept_value_that_fits_no_longer_is_left_out_and_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with house_with_fake(tmp_path / "data") as house:
        await house.assembly.steering._kept.keep("upstream.slots", 0, "terminal", 1.0)  # pyright: ignore[reportPrivateUsage]
        await house.assembly.steering.load()
        assert house.gate.limits.slots == 1
        assert "upstream.slots must be" in caplog.text


async def test_a_change_can_be_taken_back(tmp_path: Path) -> None:
    async with fake_ollama() as upstream:
        async with running_house(tmp_path / "data", upstream) as house:
            boss = await house.admin_key()
            await _put_slots(house, boss, b'{"slots":5}')
            status, queue = await _put_slots(house, boss, b'{"slots":"configured"}')
            assert (status, queue["slots"]["total"]) == (200, 1)
        async with running_house(tmp_path / "data", upstream) as house:
            assert house.gate.limits.slots == 1


@pytest.mark.parametrize(
    "body",
    [
        b'{"slots":2,"sluts":3}',
        b'{"slots":0}',
        b'{"slots":-1}',
        b'{"slots":NaN}',
        b'{"slots":1.5}',
        b'{"slots":"2"}',
        b'{"slots":true}',
        b'{"slots":null}',
        b'{"slots":99999}',
        b"{}",
        b"[]",
        b"",
        b"junk",
        b'{"slots":2,"slots":3}',
        b'{"slots":2,"upstream":"nobody"}',
        b'{"slots":2,"upstream":[1]}',
    ],
)
async def test_unfit_slots_are_a_400_with_a_sentence_and_change_nothing(house: House, body: bytes) -> None:
    status, said = await _put_slots(house, await house.admin_key(), body)
    assert status == 400
    assert said["error"].endswith(".")
    assert house.gate.limits.slots == 1


async def test_slots_are_an_administrators(house: House) -> None:
    mine = await house.key("mine")
    assert (await _put_slots(house, mine, b'{"slots":2}'))[0] == 403
    boss = await house.admin_key()
    assert (await house.client.post("/gate/slots", headers={"X-API-Key": boss})).status_code == 405
    assert (await house.client.put("/gate/slots", content=b'{"slots":2}')).status_code == 401
    assert house.gate.limits.slots == 1


async def test_a_change_that_cannot_be_written_is_not_made(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    boss = await house.admin_key()
    database = house.settings.data_dir / "sluice.db"
    database.rename(database.with_suffix(".moved"))
    status, said = await _put_slots(house, boss, b'{"slots":2}')
    assert (status, house.gate.limits.slots) == (503, 1)
    assert "was not made" in said["error"]


async def test_a_bump_may_name_a_priority_and_may_be_repeated(house: House) -> None:
    boss = await house.admin_key()
    busy = await house.occupy(boss)
    tasks = [house.chatting(boss), house.chatting(boss, **{"X-Queue-Ticket": UUID, "X-Priority": "9"})]
    await house.until_waiting(2)

    async def bump(body: bytes) -> Any:
        answer = await house.client.post(f"/gate/tickets/{UUID}/bump", content=body, headers={"X-API-Key": boss})
        return answer.json() if answer.status_code == 200 else answer.status_code

    for body in (
        b'{"priorty":5}',
        b'{"priority":10}',
        b'{"priority":-1}',
        b'{"priority":NaN}',
        b'{"priority":"1"}',
        b"[]",
        b"junk",
    ):
        assert await bump(body) == 400, body
    assert (await bump(b'{"priority":5}'))["base"] == 5
    for _ in range(2):
        moved = await bump(b'{"priority":0}')
        assert (moved["position"], moved["base"], moved["bumped"]) == (1, 0, False)
    for _ in range(2):
        bumped = await bump(b"")
        assert (bumped["position"], bumped["bumped"]) == (1, True)
    house.upstream.engine.release()
    for task in (busy, *tasks):
        await task
    assert (await bump(b""))["state"] == "done", "an ended ticket stays as it ended"


async def test_cancelling_again_changes_nothing(house: House) -> None:
    boss, other = await house.admin_key(), await house.key("other")
    busy = await house.occupy(boss)
    asking = house.chatting(boss, **{"X-Queue-Ticket": UUID})
    await house.until_waiting(1)
    path = f"/gate/tickets/{UUID.upper()}"
    assert (await house.client.head(path, headers={"X-API-Key": boss})).status_code == 200
    assert (await house.client.delete(path, headers={"X-API-Key": other})).status_code == 404
    for _ in range(2):
        answer = await house.client.delete(path, headers={"X-API-Key": boss})
        assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    assert (await asking).status_code == 403
    house.upstream.engine.release()
    await busy


async def test_a_cancel_in_the_very_turn_that_lets_a_request_go_is_not_lost(house: House) -> None:
    key = await house.key()
    house.upstream.engine.hold()
    for _ in range(5):
        async with house.wire() as asking, house.wire() as cancelling:
            asking.writer.write(chat_request(key, f"X-Queue-Ticket: {UUID}"))
            cancelling.writer.write(request("DELETE", f"/gate/tickets/{UUID}", None, f"X-API-Key: {key}"))
            answer = await cancelling.answer("DELETE")
            assert answer is not None
            if answer.status == 404:
                continue  # it was even earlier than the request
            told = await asyncio.wait_for(asking.answer("POST"), 2)
            assert told is not None
            assert (told.status, told.reason) == (403, "cancelled")
        await house.until_idle()
    house.upstream.engine.release()


async def test_what_is_kept_but_unreadable_keeps_the_gate_from_starting_with_a_sentence(tmp_path: Path) -> None:
    async with fake_ollama() as upstream:
        async with running_house(tmp_path / "data", upstream) as house:
            await house.assembly.steering.resize(None, 3, AT_TERMINAL)
            with changing_rules(house.engine) as session:
                session.get_one(LiveSetting, "upstream.slots").value = "junk"
        with pytest.raises(StartError, match="cannot be read"):
            async with running_house(tmp_path / "data", upstream):
                pass


async def test_who_put_the_gate_into_its_state_and_when_is_told_to_administrators(house: House) -> None:
    async def told(method: str, path: str, key: str) -> Any:
        return (await house.client.request(method, path, headers={"X-API-Key": key})).json()

    boss, other, mine = (
        await house.admin_key(),
        await house.key("other", scopes=ALL_SCOPES),
        await house.key("mine"),
    )
    assert (await told("GET", "/gate/queue", boss))["by"] == ""
    before = time.time()
    paused = await told("POST", "/gate/pause", boss)
    assert (paused["state"], paused["by"]) == ("paused", "boss")
    assert before <= paused["since_at"] <= time.time()
    again = await told("POST", "/gate/pause", other)
    assert again | {"at": paused["at"]} == paused, "who pauses a paused gate has not paused it"
    assert (await told("POST", "/gate/resume", other))["by"] == "other"
    assert "by" not in await told("GET", "/gate/queue", mine)


async def test_the_end_of_sluice_drains_and_is_nobodys_deed(house: House) -> None:
    boss = await house.admin_key()
    await house.client.post("/gate/pause", headers={"X-API-Key": boss})
    before = time.time()
    house.assembly.steering.shut_down()
    queue = (await house.client.get("/gate/queue", headers={"X-API-Key": boss})).json()
    assert (queue["state"], queue["by"]) == ("draining", "")
    assert queue["since_at"] >= before
