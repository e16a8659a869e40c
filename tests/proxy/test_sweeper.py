"""Whatever the hooks fail to tell, no slot stays lost: ends that are never reported, by sabotage."""

import asyncio

import pytest

from addon.core.ticket import TicketState
from addon.proxy import sweeper
from addon.proxy.exchanges import Exchanges
from addon.proxy.sweeper import Sweeper
from tests.proxy.houses import House, chat_request, until


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeper, "SWEEP_PERIOD_S", 0.05)


def _deaf(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on no hook's word about an end is heard."""

    def hear_nothing(*_: object) -> None:
        return

    async def nor_this(*_: object) -> None:
        return

    monkeypatch.setattr(Exchanges, "finish", hear_nothing)
    monkeypatch.setattr(Exchanges, "complete", nor_this)


async def test_a_slot_whose_client_vanished_without_a_word_is_freed(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    key = await house.key()
    with monkeypatch.context() as deaf:
        _deaf(deaf)
        async with house.wire() as wire:
            house.upstream.engine.hold()
            await wire.send(chat_request(key))
            await house.upstream.engine.until_running(1)
        await house.upstream.engine.until_cancelled(1)
        assert len(house.gate.running) == 1
    await house.until_idle()
    assert "was ended by no hook" in caplog.text
    (row,) = await house.journal()
    assert (row.state, row.ended_by) == ("failed", "gate")
    house.upstream.engine.release()
    assert (await house.chat(key)).status_code == 200


async def test_a_slot_whose_upstream_is_gone_is_freed_while_the_client_stays(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await house.key()
    async with house.wire() as wire:
        with monkeypatch.context() as deaf:
            _deaf(deaf)
            await wire.ask(chat_request(key))
            await house.upstream.stop()
            assert len(house.gate.running) == 1
        await house.until_idle()


async def test_a_ticket_that_waits_for_nobody_is_withdrawn(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    key = await house.key()
    house.gate.pause()
    with monkeypatch.context() as deaf:
        _deaf(deaf)
        async with house.wire() as wire:
            await wire.send(chat_request(key))
            await house.until_waiting(1)
        await until(lambda: not house.assembly.exchanges._latest)  # pyright: ignore[reportPrivateUsage]
    await house.until_waiting(0)
    (row,) = await house.journal()
    assert row.state == TicketState.CANCELLED


async def test_a_ticket_that_cannot_be_looked_at_does_not_end_the_sweeping(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    key = await house.key()
    busy = await house.occupy(key)

    def fail(*_: object) -> None:
        raise RuntimeError("sabotage")

    with monkeypatch.context() as broken:
        broken.setattr(Exchanges, "flow_of", fail)
        await until(lambda: caplog.text.count("could not be looked at") >= 2)
    house.upstream.engine.release()
    assert (await busy).status_code == 200


async def test_whoever_lives_is_left_alone(house: House, caplog: pytest.LogCaptureFixture) -> None:
    key = await house.key()
    busy = await house.occupy(key)
    waiting = house.chatting(key)
    await house.until_waiting(1)
    sweep = Sweeper(house.assembly.exchanges)
    for _ in range(5):
        sweep.sweep((*house.gate.running, *house.gate.waiting))
        await asyncio.sleep(0)
    assert (len(house.gate.running), len(house.gate.waiting)) == (1, 1)
    house.upstream.engine.release()
    assert [(await task).status_code for task in (busy, waiting)] == [200, 200]
    assert "no hook" not in caplog.text
