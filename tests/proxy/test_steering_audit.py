"""What is done to the running queue is in the audit log: who, from where, to whom, before and after."""

import asyncio
import json
from typing import Any

from addon.proxy.steering import AT_TERMINAL
from addon.store.audit_reader import AuditFilter, find_audit
from addon.store.engine import reading
from tests.proxy.houses import House
from tests.store.samples import locked

UUID = "cccccccc-2222-3333-4444-555555555555"
AT_THE_GATE = ("gate.", "ticket.", "setting.")


async def _deeds(house: House) -> list[tuple[str, str, str | None, str, str, Any, Any]]:
    assert await house.assembly.audit.flush()
    with reading(house.engine) as session:
        rows = reversed(find_audit(session, AuditFilter(), 1000))
        return [
            (
                row.actor_id,
                row.actor,
                row.address,
                row.action,
                row.subject_id,
                json.loads(row.before or "null"),
                json.loads(row.after or "null"),
            )
            for row in rows
            if row.action.startswith(AT_THE_GATE)
        ]


async def _ask(house: House, key: str, method: str, path: str, body: bytes = b"") -> int:
    answer = await house.client.request(method, f"/gate/{path}", headers={"X-API-Key": key}, content=body)
    return answer.status_code


async def test_controls_are_noted_when_they_change_something(house: House) -> None:
    boss = await house.admin_key()
    for path in ("pause", "pause", "resume", "drain"):
        assert await _ask(house, boss, "POST", path) == 200
    who = ("key:1", "boss", "127.0.0.1")
    assert await _deeds(house) == [
        (*who, "gate.pause", "gate", {"state": "open"}, {"state": "paused"}),
        (*who, "gate.resume", "gate", {"state": "paused"}, {"state": "open"}),
        (*who, "gate.drain", "gate", {"state": "open"}, {"state": "draining"}),
    ]


async def test_whoever_steers_from_the_terminal_is_called_so(house: House) -> None:
    house.assembly.steering.control("pause", AT_TERMINAL)
    ((*who, action, _, _, _),) = await _deeds(house)
    assert (who, action) == (["terminal", "terminal", None], "gate.pause")


async def test_slots_are_noted_with_their_earlier_number(house: House) -> None:
    boss = await house.admin_key()
    for body in (b'{"slots":2}', b'{"slots":2}', b'{"slots":3}', b'{"slots":0}', b'{"slots":"configured"}'):
        await _ask(house, boss, "PUT", "slots", body)
    assert [deed[3:] for deed in await _deeds(house)] == [
        ("setting.change", "setting:upstream.slots", {"upstream.slots": before}, {"upstream.slots": after})
        for before, after in (("configured", 2), (2, 3), (3, "configured"))
    ]


async def test_cancelling_somebody_elses_ticket_is_noted_and_ones_own_is_not(house: House) -> None:
    boss, mine = await house.admin_key(), await house.key("mine")
    busy = await house.occupy(boss)
    for key, noted in ((mine, 0), (boss, 1), (boss, 1)):
        asking = house.chatting(mine, **{"X-Queue-Ticket": UUID})
        await house.until_waiting(1)
        if noted and len(await _deeds(house)) == 1:
            await _ask(house, mine, "DELETE", f"tickets/{UUID}")
        assert await _ask(house, key, "DELETE", f"tickets/{UUID}") == 200
        await asking
        assert len(await _deeds(house)) == noted, "what has ended stays as it is, and is not noted"
    (deed,) = await _deeds(house)
    assert deed[3:] == ("ticket.cancel", f"ticket:{UUID}", {"state": "waiting"}, {"state": "cancelled"})
    house.upstream.engine.release()
    await busy


async def test_a_bump_is_noted_with_the_place_before_and_after(house: House) -> None:
    boss = await house.admin_key()
    busy = await house.occupy(boss)
    asking = house.chatting(boss, **{"X-Queue-Ticket": UUID})
    await house.until_waiting(1)
    for body in (b'{"priority":5}', b'{"priority":5}', b""):
        assert await _ask(house, boss, "POST", f"tickets/{UUID}/bump", body) == 200
    about = ("ticket.bump", f"ticket:{UUID}")
    assert [deed[3:] for deed in await _deeds(house)] == [
        (*about, {"base": 2, "bump": 0}, {"base": 5, "bump": 0}),
        (*about, {"base": 5, "bump": 0}, {"base": 5, "bump": 1}),
    ]
    house.upstream.engine.release()
    await asyncio.gather(busy, asking)


async def test_a_busy_database_holds_up_no_steering(house: House) -> None:
    boss = await house.admin_key()
    with locked(house.settings.data_dir / "sluice.db"):
        async with asyncio.timeout(1):
            assert await _ask(house, boss, "POST", "pause") == 200
    assert [deed[3] for deed in await _deeds(house)] == ["gate.pause"]


async def test_what_is_done_is_in_the_log_within_a_second(house: House) -> None:
    boss = await house.admin_key()
    await _ask(house, boss, "POST", "pause")

    def is_noted() -> bool:
        with reading(house.engine) as session:
            return bool(find_audit(session, AuditFilter(action="gate"), 1))

    async with asyncio.timeout(2):
        while not await asyncio.to_thread(is_noted):  # noqa: ASYNC110 - the database announces nothing
            await asyncio.sleep(0.05)
