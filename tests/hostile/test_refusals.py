"""How the gate says no: in the path's dialect, not too often, and without a word of what is inside."""

import json

import pytest

from tests.hostile.harness import Case, ask, check_house, check_refusal, get, got, play, refused
from tests.hostile.theatre import Theatre

pytestmark = pytest.mark.asyncio(loop_scope="module")

DIALECTS: dict[str, Case] = {
    f"{status} at {path}": Case(sent, (status,), dialect=dialect)
    for path, dialect in {
        "/api/chat": "ollama", "/api/code/api/chat": "ollama",
        "/v1/chat/completions": "openai", "/v1/embeddings": "openai", "/api/code/v1/completions": "openai",
        "/v1/messages": "anthropic", "/v1/messages?beta=true": "anthropic", "/api/code/v1/messages": "anthropic",
    }.items()
    for status, sent in {
        400: ask(target=path, body=b"["),
        401: ask(target=path, key=None),
        403: ask(target=path, key="<reader>"),
        405: ask("PUT", path, body=None),
        417: ask("POST", path, "Expect: x"),
        421: ask(target=path, host="evil.example"),
    }.items()
}  # fmt: skip


@pytest.mark.parametrize("case", DIALECTS.values(), ids=DIALECTS)
async def test_a_refusal_speaks_the_dialect_of_its_path(case: Case, theatre: Theatre) -> None:
    await play(case, theatre)


async def test_ollamas_command_line_is_told_403_where_others_hear_401(theatre: Theatre) -> None:
    await play(
        refused(ask("POST", "/api/chat", "User-Agent: ollama/0.17", key=None), 403, "no_credential"), theatre
    )


@pytest.mark.parametrize("path", ["/api/chat", "/v1/chat/completions", "/v1/messages"])
async def test_an_ollama_that_is_down_is_502_in_the_paths_dialect(path: str, theatre: Theatre) -> None:
    async with theatre.stage(is_fresh=True) as stage:
        await stage.upstream.stop()
        async with stage.house.wire() as wire:
            answer = await wire.ask(await stage.fill(ask(target=path)))
        assert answer.status == 502
        expected = {"/api/chat": "ollama", "/v1/messages": "anthropic"}.get(path, "openai")
        check_refusal(answer, stage, expected)


async def test_thirty_failures_are_enough_and_a_valid_key_is_let_in_all_the_same(theatre: Theatre) -> None:
    async with theatre.stage(is_fresh=True) as stage, stage.house.wire() as wire:
        answers = [await wire.ask(get(key="sl_aaaaaaaa_" + "A" * 43)) for _ in range(31)]
        assert [answer.status for answer in answers] == [401] * 30 + [429]
        assert 1 <= int(answers[-1].header("retry-after") or 0) <= 60
        assert (await wire.ask(await stage.fill(get()))).status == 200
        await check_house(stage, [got()], wires=1)


async def test_asking_without_any_credential_is_no_failure(theatre: Theatre) -> None:
    async with theatre.stage(is_fresh=True) as stage, stage.house.wire() as wire:
        assert {(await wire.ask(get(key=None))).status for _ in range(40)} == {401}
        await check_house(stage, [], wires=1)


async def test_health_says_nothing_but_that_it_lives(theatre: Theatre) -> None:
    async with theatre.stage() as stage, stage.house.wire() as wire:
        health = await wire.ask(get("/gate/health", key=None))
        assert json.loads(health.body) == {"status": "ok"}
        protective = {"cache-control", "x-content-type-options", "cross-origin-resource-policy"}
        assert {name for name, _ in health.headers} <= {"content-type", "content-length", *protective}
