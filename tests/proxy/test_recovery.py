"""A slot that Ollama has lost is noticed and freed once, before it goes to the next."""

# What a test of the inside looks at has no public name.
# pyright: reportPrivateUsage=false

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from addon.demo.http1 import Exchange
from addon.proxy import sweeper
from tests.proxy.houses import CHAT, MODEL, House, chat_request, house_with_fake

LOST = "it is unloaded, in case Ollama has lost its slot"


class LosingOllama:
    """Answers no chat until its model was unloaded; says that the model is loaded."""

    def __init__(self, house: House, *, is_loaded: bool = True) -> None:
        self.unloads = 0
        self.asked = 0
        self.is_healed = False
        self._names = [MODEL] if is_loaded else []
        house.upstream.route("POST", "/api/chat", self._chat)
        house.upstream.route("POST", "/api/generate", self._generate)
        house.upstream.route("GET", "/api/ps", self._ps)

    async def _chat(self, exchange: Exchange) -> None:
        self.asked += 1
        if not self.is_healed:
            await asyncio.Event().wait()
        await exchange.respond(200, "application/json", b'{"done":true}')

    async def _generate(self, exchange: Exchange) -> None:
        assert exchange.request.body == b'{"model":"%s","keep_alive":0}' % MODEL.encode()
        self.unloads += 1
        self.is_healed = True
        await exchange.respond(200, "application/json", b'{"done":true}')

    async def _ps(self, exchange: Exchange) -> None:
        names = ",".join(f'{{"name":"{name}"}}' for name in self._names)
        await exchange.respond(200, "application/json", f'{{"models":[{names}]}}'.encode())


@pytest.fixture
async def impatient(tmp_path: Path) -> AsyncGenerator[House]:
    """A gate that waits a quarter of a second for a first byte."""
    async with house_with_fake(tmp_path / "data", SLUICE_QUEUE__FIRST_BYTE_TIMEOUT_S="0.25") as running:
        yield running


async def test_the_model_is_unloaded_once_and_the_next_in_line_is_served(
    impatient: House, caplog: pytest.LogCaptureFixture
) -> None:
    ollama, key = LosingOllama(impatient), await impatient.key()
    answers = await asyncio.gather(*(impatient.chat(key) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 504]
    assert (ollama.unloads, ollama.asked) == (1, 3)
    assert caplog.text.count(LOST) == 1
    await impatient.until_idle()


async def test_it_is_not_tried_again_before_the_model_has_served(impatient: House) -> None:
    ollama, key = LosingOllama(impatient), await impatient.key()
    assert (await impatient.chat(key)).status_code == 504
    ollama.is_healed = False
    assert (await impatient.chat(key)).status_code == 504
    assert ollama.unloads == 1
    ollama.is_healed = True
    assert (await impatient.chat(key)).status_code == 200
    ollama.is_healed = False
    assert (await impatient.chat(key)).status_code == 504
    assert ollama.unloads == 2


async def test_a_model_that_is_still_loading_is_left_alone(impatient: House) -> None:
    ollama, key = LosingOllama(impatient, is_loaded=False), await impatient.key()
    assert (await impatient.chat(key)).status_code == 504
    assert ollama.unloads == 0
    await impatient.until_idle()


async def test_a_model_that_serves_somebody_else_is_left_alone(tmp_path: Path) -> None:
    hurry = {"SLUICE_QUEUE__FIRST_BYTE_TIMEOUT_S": "0.25", "SLUICE_UPSTREAM__SLOTS": "2"}
    async with house_with_fake(tmp_path / "data", **hurry) as house:
        ollama, key = LosingOllama(house), await house.key()
        going_on = asyncio.Event()

        async def talk(exchange: Exchange) -> None:
            await exchange.start(200, [(b"Content-Type", b"application/json")])
            await exchange.write(b"{")
            await going_on.wait()
            await exchange.write(b"}")
            await exchange.finish()

        house.upstream.route("POST", "/v1/completions", talk)
        talking = house.posting("/v1/completions", CHAT, key)
        await house.upstream.until_requests(1)
        assert (await house.chat(key)).status_code == 504
        assert ollama.unloads == 0
        going_on.set()
        assert (await talking).status_code == 200


async def test_requests_that_hang_together_do_not_keep_each_other_from_being_helped(tmp_path: Path) -> None:
    hurry = {"SLUICE_QUEUE__FIRST_BYTE_TIMEOUT_S": "0.25", "SLUICE_UPSTREAM__SLOTS": "2"}
    async with house_with_fake(tmp_path / "data", **hurry) as house:
        ollama, key = LosingOllama(house), await house.key()
        answers = await asyncio.gather(*(house.chat(key) for _ in range(4)))
        assert sorted(answer.status_code for answer in answers) == [200, 200, 504, 504]
        assert ollama.unloads == 1


async def test_a_model_that_was_not_loaded_the_first_time_is_helped_the_second(impatient: House) -> None:
    ollama, key = LosingOllama(impatient, is_loaded=False), await impatient.key()
    assert (await impatient.chat(key)).status_code == 504
    ollama._names = [MODEL.upper()]
    assert (await impatient.chat(key)).status_code == 504
    assert ollama.unloads == 1


async def test_while_the_model_is_helped_neither_sweeper_nor_leaving_gives_the_slot_away(
    impatient: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeper, "SWEEP_PERIOD_S", 0.05)
    ollama, key, is_asked = LosingOllama(impatient), await impatient.key(), asyncio.Event()
    going_on = asyncio.Event()

    async def slow_ps(exchange: Exchange) -> None:
        is_asked.set()
        await going_on.wait()
        await ollama._ps(exchange)

    impatient.upstream.route("GET", "/api/ps", slow_ps)
    async with impatient.wire() as wire:
        await wire.send(chat_request(key))
        await asyncio.wait_for(is_asked.wait(), 2)
    await asyncio.sleep(0.3)  # several sweeps long
    assert len(impatient.gate.running) == 1
    going_on.set()
    await impatient.until_idle()
    assert ollama.unloads == 1
    (row,) = await impatient.journal()
    assert (row.state, row.ended_by) == ("timed_out", "gate")
