"""Slots, loading and unloading of one model."""

import asyncio
from contextlib import aclosing

import pytest

from addon.demo.engine import EngineError, Final, Generation, Piece
from addon.demo.runner import Runner
from tests.fakes.engine import GEMMA, ScriptedEngine

FIRST, SECOND, THIRD = (Generation(GEMMA.name, prompt) for prompt in ("1", "2", "3"))


async def collect(runner: Runner, request: Generation, *, then_unload: bool = False) -> list[Piece | Final]:
    async with aclosing(runner.generate(request, then_unload=then_unload)) as generated:
        return [piece async for piece in generated]


async def test_the_final_record_gets_load_and_total_time() -> None:
    *pieces, final = await collect(Runner(ScriptedEngine(), GEMMA, 1), FIRST)
    assert pieces == [Piece("One"), Piece(" two"), Piece(" three")]
    assert isinstance(final, Final)
    assert 0 < final.load_ns <= final.total_ns


async def test_slots_are_given_in_order_of_arrival() -> None:
    engine = ScriptedEngine()
    runner = Runner(engine, GEMMA, 1)
    engine.hold()
    async with asyncio.TaskGroup() as group:
        for request in (FIRST, SECOND, THIRD):
            group.create_task(collect(runner, request))
        for count in (1, 2, 3):
            await engine.until_started(count)
            assert engine.running == 1
            await engine.pulse.until(lambda: engine.held == 1)
            engine.release(1)
    assert engine.started == [FIRST, SECOND, THIRD]


async def test_who_leaves_while_waiting_never_reaches_the_model() -> None:
    engine = ScriptedEngine()
    runner = Runner(engine, GEMMA, 1)
    engine.hold()
    async with asyncio.TaskGroup() as group:
        group.create_task(collect(runner, FIRST))
        await engine.until_running(1)
        leaver = group.create_task(collect(runner, SECOND))
        group.create_task(collect(runner, THIRD))
        await asyncio.sleep(0)
        leaver.cancel()
        engine.release()
    assert engine.started == [FIRST, THIRD]


async def test_a_model_is_loaded_once_and_on_demand() -> None:
    engine = ScriptedEngine()
    runner = Runner(engine, GEMMA, 1)
    assert engine.loads == 0
    await asyncio.gather(collect(runner, FIRST), collect(runner, SECOND), runner.load())
    assert runner.is_loaded
    assert engine.loads == 1


async def test_unloading_waits_for_what_runs() -> None:
    engine = ScriptedEngine()
    runner = Runner(engine, GEMMA, 1)
    engine.hold()
    async with asyncio.TaskGroup() as group:
        group.create_task(collect(runner, FIRST))
        await engine.until_running(1)
        await runner.unload()
        assert engine.loaded == {GEMMA.name}
        engine.release()
    assert engine.loaded == set()
    assert not runner.is_loaded


async def test_a_request_can_ask_for_unloading_behind_it() -> None:
    engine = ScriptedEngine()
    await collect(Runner(engine, GEMMA, 1), FIRST, then_unload=True)
    assert engine.loaded == set()


async def test_a_model_that_cannot_be_loaded_is_an_error_and_is_tried_again() -> None:
    engine = ScriptedEngine(load_error=EngineError("no memory"))
    runner = Runner(engine, GEMMA, 1)
    with pytest.raises(EngineError, match="no memory"):
        await collect(runner, FIRST)
    engine.load_error = None
    assert len(await collect(runner, FIRST)) == 4
