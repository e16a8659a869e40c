"""`/gate/…` over real sockets: who sees what, and what an administrator can do to the queue."""

# What a test of the inside looks at has no public name.
# pyright: reportPrivateUsage=false

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import httpx
import pytest

from addon.core.ahead import ahead_by_class
from addon.core.estimate import FIRST_GUESS_S
from addon.core.principal import PrincipalClass
from addon.core.ticket import Ticket
from addon.proxy import live_view, probe
from tests.fakes.engine import stall
from tests.proxy.houses import CHAT, House, chat_request
from tests.proxy.wire import request

UUID = "11111111-2222-3333-4444-555555555555"


class Asker:
    """Asks `/gate/…` with one key."""

    def __init__(self, house: House, key: str) -> None:
        self.key = key
        self._client = house.client

    async def __call__(self, method: str, path: str) -> httpx.Response:
        return await self._client.request(method, f"/gate/{path}", headers={"X-API-Key": self.key})


async def test_health_is_open_to_anyone_even_without_rules(house: House) -> None:
    house.assembly.rules.forget()
    answer = await house.client.get("/gate/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert answer.headers["cache-control"] == "no-store"
    assert (await house.client.post("/gate/health")).status_code == 405


async def test_ready_tells_whether_rules_and_upstream_are_there(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = await house.client.get("/gate/ready")
    assert (answer.status_code, answer.json()) == (200, {"ready": True})
    assert (house.upstream.requests[0].header("user-agent") or "").startswith("sluice/")
    monkeypatch.setattr(probe, "_REACHED_FOR_S", 0)
    await house.upstream.stop()
    answer = await house.client.get("/gate/ready")
    assert (answer.status_code, answer.json()) == (503, {"ready": False})
    await house.upstream.start(house.upstream.port)
    house.assembly.rules.forget()
    assert (await house.client.get("/gate/ready")).status_code == 503


async def test_an_administrator_hears_of_upstream_and_database_too(house: House) -> None:
    boss, mine = Asker(house, await house.admin_key()), Asker(house, await house.key("mine"))
    assert (await boss("GET", "ready")).json() == {
        "ready": True,
        "upstreams": [{"name": "default", "reachable": True}],
        "database": {"readable": True},
    }
    assert (await mine("GET", "ready")).json() == {"ready": True}
    assert (await Asker(house, "sl_junk")("GET", "ready")).json() == {"ready": True}


async def test_me_says_who_one_is_and_what_one_has_going(house: House) -> None:
    mine = Asker(house, await house.key("mine", priority=4, models=("gemma3:270m",)))
    await house.chat(mine.key)
    (done,) = await house.journal()
    busy = await house.occupy(mine.key)
    waiting = house.chatting(mine.key)
    await house.until_waiting(1)
    told = (await mine("GET", "me")).json()
    *before, today = told.pop("usage_by_day")
    assert told == {
        "principal": "mine",
        "class": "custom_app",
        "priority": 4,
        "scopes": ["infer", "read"],
        "limits": {"max_waiting": 50, "max_running": None, "max_wait_s": 3600, "models": ["gemma3:270m"]},
        "usage_today": {"requests": 1, "tokens_in": done.prompt_tokens, "tokens_out": 3},
        "waiting": 1,
        "running": 1,
    }
    used = {"requests": 1, "tokens_in": done.prompt_tokens, "tokens_out": 3}
    assert today.items() >= used.items()
    assert (len(before), {day["requests"] for day in before}) == (13, {0})
    house.upstream.engine.release()
    await busy
    await waiting


async def test_everybody_sees_the_totals_but_only_their_own_tickets(house: House) -> None:
    boss, mine, theirs = [
        Asker(house, key) for key in (await house.admin_key(), await house.key("mine"), await house.key("theirs"))
    ]
    busy = await house.occupy(mine.key)
    waiting = [house.chatting(theirs.key)]
    await house.until_waiting(1)
    seen = {name: (await ask("GET", "queue")).json() for name, ask in (("boss", boss), ("mine", mine))}
    assert seen["mine"]["totals"] == seen["boss"]["totals"] == {"waiting": 1, "running": 1}
    assert seen["mine"]["slots"] == {"total": 1, "used": 1}
    assert [row["principal"] for row in seen["mine"]["running"]] == ["mine"]
    assert seen["mine"]["waiting"] == []
    (row,) = seen["boss"]["waiting"]
    assert set(row) == {"ticket", "position", "ahead", "principal", "class", "model", "base", "effective",
                        "bumped", "waited_s", "eta_low_s", "eta_high_s", "why"}  # fmt: skip
    assert (row["position"], row["principal"], row["class"], row["base"]) == (1, "theirs", "custom_app", 2)
    (row,) = seen["boss"]["running"]
    assert set(row) == {"ticket", "principal", "class", "model", "base", "effective", "upstream", "running_s",
                        "tokens", "tokens_per_s"}  # fmt: skip
    house.upstream.engine.release()
    for task in (busy, *waiting):
        await task


async def test_a_ticket_can_be_followed_from_waiting_to_its_end_and_by_nobody_else(house: House) -> None:
    mine, theirs = Asker(house, await house.key("mine")), Asker(house, await house.key("theirs"))
    busy = await house.occupy(theirs.key)
    house.upstream.engine.scripts.append(("One", " two", never := stall()))
    asking = house.chatting(mine.key, **{"X-Queue-Ticket": UUID})
    await house.until_waiting(1)
    waiting = (await mine("GET", f"tickets/{UUID}")).json()
    assert (waiting["state"], waiting["position"], waiting["eta_low_s"]) == ("waiting", 1, FIRST_GUESS_S)
    assert (await theirs("GET", f"tickets/{UUID}")).status_code == 404
    assert (await theirs("DELETE", f"tickets/{UUID}")).status_code == 404
    house.upstream.engine.release()
    await busy
    await house.upstream.engine.until_started(2)
    assert (await mine("PUT", f"tickets/{UUID}")).status_code == 405
    running = (await mine("GET", f"tickets/{UUID}")).json()
    assert running["state"] in ("admitted", "streaming")
    assert {"running_s", "tokens", "waited_s", "base"} <= set(running)
    never.set()
    assert (await asking).status_code == 200
    await house.until_idle()
    ended = (await mine("GET", f"tickets/{UUID}")).json()
    assert (ended["state"], ended["ended_by"]) == ("done", "upstream")


async def test_which_administrator_ended_a_ticket_is_for_administrators(house: House) -> None:
    mine, boss = Asker(house, await house.key("mine")), Asker(house, await house.admin_key())
    busy = await house.occupy(mine.key)
    asking = house.chatting(mine.key, **{"X-Queue-Ticket": UUID})
    await house.until_waiting(1)
    await boss("DELETE", f"tickets/{UUID}")
    await asking
    told = [(await asker("GET", f"tickets/{UUID}")).json()["ended_by"] for asker in (mine, boss)]
    assert told[0] == "administrator"
    assert told[1].startswith("key:")
    house.upstream.engine.release()
    await busy


async def test_cancelling_a_waiting_ticket_answers_its_request_with_403(house: House) -> None:
    mine = Asker(house, await house.key("mine"))
    busy = await house.occupy(mine.key)
    asking = house.chatting(mine.key, **{"X-Queue-Ticket": UUID})
    await house.until_waiting(1)
    assert (await mine("DELETE", f"tickets/{UUID}")).json()["state"] == "cancelled"
    answer = await asking
    assert (answer.status_code, answer.headers["x-sluice-reason"]) == (403, "cancelled")
    assert (await mine("DELETE", f"tickets/{UUID}")).status_code == 200, "repeating it changes nothing"
    house.upstream.engine.release()
    await busy
    assert len(house.upstream.engine.started) == 1


async def test_cancelling_a_running_ticket_stops_the_model_and_frees_the_slot(house: House) -> None:
    mine = Asker(house, await house.key("mine"))
    house.upstream.engine.scripts.append(("One", stall()))
    async with house.wire() as wire:
        await wire.send(chat_request(mine.key, f"X-Queue-Ticket: {UUID}"))
        await wire.reader.readuntil(b"One")
        assert (await mine("DELETE", f"tickets/{UUID}")).status_code == 200
        said = await wire.closes()
        assert b'{"error":"The request was cancelled by its owner or an administrator."}\n' in said
        assert not said.endswith(b"0\r\n\r\n")
    await house.upstream.engine.until_cancelled(1)
    await house.until_idle()
    (row,) = await house.journal()
    assert (row.state, row.ended_by, row.status) == ("cancelled", "key:1", 200)


async def test_cancelling_before_the_first_byte_is_told_to_the_client(house: House) -> None:
    mine = Asker(house, await house.key("mine"))
    house.upstream.engine.hold()
    asking = house.chatting(mine.key, **{"X-Queue-Ticket": UUID})
    await house.upstream.engine.until_running(1)
    await mine("DELETE", f"tickets/{UUID}")
    answer = await asking
    assert (answer.status_code, answer.headers["x-sluice-reason"]) == (403, "cancelled")
    house.upstream.engine.release()


async def test_an_administrator_bumps_a_ticket_to_the_front(house: House) -> None:
    boss, mine = Asker(house, await house.admin_key()), Asker(house, await house.key("mine"))
    busy = await house.occupy(boss.key)
    tasks = [house.chatting(mine.key)]
    await house.until_waiting(1)
    tasks.append(house.chatting(mine.key, **{"X-Queue-Ticket": UUID}))
    await house.until_waiting(2)
    assert (await mine("POST", f"tickets/{UUID}/bump")).status_code == 403
    assert house.gate.waiting[1].id == UUID
    assert (await boss("POST", f"tickets/{UUID}/bump")).json()["position"] == 1
    assert (await boss("POST", "tickets/unknown/bump")).status_code == 404
    assert (await boss("GET", f"tickets/{UUID}/bump")).status_code == 405
    house.upstream.engine.release()
    for task in (busy, *tasks):
        await task


async def test_an_administrator_pauses_resumes_and_drains(house: House) -> None:
    boss = Asker(house, await house.admin_key())
    assert (await boss("POST", "pause")).json()["state"] == "paused"
    asking = house.chatting(boss.key)
    await house.until_waiting(1)
    assert (await boss("POST", "resume")).json()["state"] == "open"
    assert (await asking).status_code == 200
    await boss("POST", "pause")
    asking = house.chatting(boss.key)
    await house.until_waiting(1)
    assert (await boss("POST", "drain")).json()["state"] == "draining"
    answers = [await asking, await house.chat(boss.key)]
    assert [(answer.status_code, answer.headers["x-sluice-reason"]) for answer in answers] == [
        (503, "draining")
    ] * 2
    assert [row.state for row in await house.journal()] == ["done", "refused", "refused"]
    assert house.gate.is_idle


@pytest.mark.parametrize("path", ["pause", "resume", "drain"])
async def test_controls_are_an_administrators_and_need_post(house: House, path: str) -> None:
    mine, boss = Asker(house, await house.key("mine")), Asker(house, await house.admin_key())
    assert (await mine("POST", path)).status_code == 403
    assert (await boss("GET", path)).status_code == 405
    assert (await house.client.post(f"/gate/{path}")).status_code == 401
    assert house.gate.state == "open"


async def test_an_administrators_cookie_needs_its_csrf_token(house: House) -> None:
    boss = await house.sign_in("boss", is_admin=True)
    assert (await house.client.post("/gate/pause", headers=boss.cookie)).status_code == 403
    own = {"Origin": f"http://127.0.0.1:{house.port}", "X-CSRF-Token": boss.csrf}
    assert (await house.client.post("/gate/pause", headers=boss.cookie | own)).status_code == 200
    assert (await house.client.get("/gate/queue", headers=boss.cookie)).json()["state"] == "paused"


async def test_a_ticket_view_does_not_survive_a_thousand_others(house: House) -> None:
    key = await house.key()
    await house.chat(key, **{"X-Queue-Ticket": UUID})
    (mine,) = [ticket for ticket in house.assembly.turnstile._ended.values() if ticket.id == UUID]
    for number in range(1000):
        house.assembly.turnstile._remember(_named(mine, number))
    answer = await house.client.get(f"/gate/tickets/{UUID}", headers={"X-API-Key": key})
    assert answer.status_code == 404


def _named(like: Ticket, number: int) -> Ticket:
    return replace(like, id=str(number))


async def test_a_request_to_the_live_api_never_reaches_the_upstream(house: House) -> None:
    key = await house.key()
    async with house.wire() as wire:
        for path in ("/gate/me", "/gate/queue", "/gate/health"):
            assert (await wire.ask(request("GET", path, None, f"X-API-Key: {key}"))).status == 200
    assert (await house.client.post("/gate/chat", json=CHAT)).status_code == 401
    assert house.upstream.requests == []


async def test_anybody_may_read_what_there_is_even_without_rules(house: House) -> None:
    house.assembly.rules.forget()
    answer = await house.client.get("/gate/openapi.json")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    document = answer.json()
    assert document["openapi"] == "3.1.0"
    assert {"/gate/queue", "/api/auth/login", "/api/admin/keys"} <= document["paths"].keys()
    assert document["components"]["securitySchemes"]["cookie"]["name"] == "sluice"
    assert (await house.client.post("/gate/openapi.json")).status_code == 405


async def test_however_many_ask_at_once_the_line_is_gone_through_once_until_it_moves(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, boss = await house.key(), Asker(house, await house.admin_key())
    mine, looks = Asker(house, key), list[int]()
    busy = await house.occupy(key)
    waiting = [house.chatting(key) for _ in range(2)]
    await house.until_waiting(2)

    def count(line: Sequence[Ticket]) -> Iterator[Mapping[PrincipalClass, int]]:
        looks.append(len(line))
        return ahead_by_class(line)

    monkeypatch.setattr(live_view, "ahead_by_class", count)
    clock = house.assembly.turnstile.clock()
    monkeypatch.setattr(house.assembly.turnstile, "clock", lambda: clock)
    answers = [await asker("GET", "queue") for asker in (boss, mine, boss, mine)]
    assert [len(answer.json()["waiting"]) for answer in answers] == [2] * 4
    assert looks == [2]
    ticket = answers[0].json()["waiting"][0]["ticket"]
    assert (await boss("DELETE", f"tickets/{ticket}")).json()["state"] == "cancelled"
    assert [len((await asker("GET", "queue")).json()["waiting"]) for asker in (boss, mine)] == [1, 1]
    assert looks == [2, 1]
    house.upstream.engine.release()
    await asyncio.gather(busy, *waiting)
