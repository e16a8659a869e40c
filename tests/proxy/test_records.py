"""What is told of a ticket: in the answer's headers and in its journal row."""

import time
from pathlib import Path

from mitmproxy import http

from addon.core.addresses import parse_address
from addon.core.gate import Gate
from addon.core.routes import Route, RouteKind
from addon.core.ticket import Ticket, TicketState
from addon.demo.engine import Final
from addon.proxy.records import add_queue_headers, journal_row, status_told
from addon.proxy.visit import Visit
from tests.core.builders import at, make_limits, make_principal, make_ticket
from tests.proxy.houses import CHAT, House, house_with_fake


def _visit(ticket: Ticket | None = None) -> Visit:
    return Visit(Route(RouteKind.INFER, "/api/chat"), None, parse_address("127.0.0.1"), ticket)


async def test_a_request_that_was_answered_leaves_one_true_row(house: House) -> None:
    key = await house.key("app", priority=4)
    final = Final("stop", prompt_eval_count=17, eval_count=3)
    house.upstream.engine.scripts.append(("a", "b", "c", final))
    before = time.time()
    answer = await house.chat(key)
    (row,) = await house.journal()
    assert (row.ticket, row.principal_id, row.principal) == (answer.headers["x-queue-ticket"], "key:1", "app")
    assert (row.principal_class, row.base, row.model) == ("custom_app", 4, "gemma3:270m")
    assert (row.path, row.upstream, row.status) == ("/api/chat", "default", 200)
    assert (row.state, row.ended_by) == ("done", "upstream")
    assert (row.prompt_tokens, row.completion_tokens, row.is_estimated) == (17, 3, False)
    assert before <= row.arrived_at <= time.time()
    assert row.first_byte_s is not None
    assert 0 <= row.waited_s < row.waited_s + row.first_byte_s <= row.ran_s + 0.001 < 5


async def test_each_class_and_dialect_is_counted(house: House) -> None:
    await house.allow()
    ann, key = await house.sign_in("ann"), await house.key()
    body = CHAT | {"stream": True, "stream_options": {"include_usage": True}}
    await house.client.post("/v1/chat/completions", json=body)
    await house.client.post("/v1/chat/completions", json=CHAT, headers={"X-API-Key": key})
    await house.client.post(
        "/api/generate",
        json={"model": "gemma3:270m", "prompt": "x", "stream": False},
        headers={"Authorization": f"Bearer {ann.token}"},
    )
    rows = await house.journal()
    assert [(row.principal_class, row.principal) for row in rows] == [
        ("direct_api", "tools"),
        ("custom_app", "app"),
        ("web_chat", "ann"),
    ]
    assert [(row.prompt_tokens, row.completion_tokens, row.is_estimated) for row in rows] == [(10, 3, False)] * 3


async def test_the_time_in_the_queue_is_told_apart_from_the_time_at_work(house: House) -> None:
    key = await house.key()
    busy = await house.occupy(key)
    waiting = house.chatting(key)
    await house.until_waiting(1)
    ticket = house.gate.waiting[0]
    ticket.arrived_us -= 60_000_000  # as if it had come a minute ago
    house.upstream.engine.release()
    await busy
    answer = await waiting
    assert int(answer.headers["x-queue-wait-ms"]) >= 60_000
    assert answer.headers["x-queue-effective"].startswith("1.")
    assert answer.headers["x-queue-position"] == "1"
    await house.until_idle()
    row = (await house.journal())[-1]
    assert 60 <= row.waited_s < 70
    assert row.ran_s < 10


async def test_requests_refused_while_waiting_have_rows_that_say_so(tmp_path: Path) -> None:
    async with house_with_fake(tmp_path / "data", SLUICE_QUEUE__MAX_WAIT_S__CUSTOM_APP="0.05") as house:
        key = await house.key(max_waiting=1)
        busy = await house.occupy(key)
        waiting = house.chatting(key)
        await house.until_waiting(1)
        assert (await house.chat(key)).status_code == 429
        answer = await waiting
        assert (answer.status_code, answer.headers["x-sluice-reason"]) == (503, "waited_too_long")
        house.upstream.engine.release()
        await busy
        limited, expired, done = await house.journal()
    assert (limited.state, limited.ended_by, limited.status) == ("refused", "gate", 429)
    assert (expired.state, expired.ended_by, expired.status, expired.ran_s) == ("timed_out", "gate", 503, 0)
    assert expired.waited_s >= 0.05
    assert (done.state, done.completion_tokens) == ("done", 3)


async def test_what_never_queued_leaves_no_row(house: House) -> None:
    key = {"X-API-Key": await house.key()}
    await house.client.get("/api/tags", headers=key)
    await house.client.post("/api/chat", content=b"junk", headers=key)
    await house.client.post("/api/chat", json=CHAT)
    assert list(await house.journal()) == []


def test_a_ticket_that_was_never_admitted_has_no_effective_priority() -> None:
    response = http.Response.make(503)
    add_queue_headers(response, make_ticket("t"), 0.1, at(2))
    assert response.headers["X-Queue-Wait-Ms"] == "2000"
    assert "X-Queue-Effective" not in response.headers


def test_a_row_can_be_written_for_a_ticket_in_any_state() -> None:
    ticket = make_ticket("t", principal=make_principal("key:1"))
    row = journal_row(_visit(ticket), ticket, "default", None)
    assert (row.waited_s, row.ran_s, row.first_byte_s) == (0, 0, None)
    gate = Gate(make_limits())
    gate.arrive(ticket, at(1))
    gate.progress(ticket, at(3))
    gate.end(ticket, TicketState.FAILED, at(6), "upstream")
    row = journal_row(_visit(ticket), ticket, "default", 502)
    assert (row.waited_s, row.first_byte_s, row.ran_s, row.state) == (1, 2, 5, "failed")


def test_the_status_is_what_the_client_was_told() -> None:
    passed_on, held_back = http.Response.make(200), http.Response.make(200)
    passed_on.stream = True
    forwarded = _visit()
    forwarded.is_forwarded = True
    assert status_told(passed_on, forwarded, TicketState.FAILED) == 200
    assert status_told(held_back, forwarded, TicketState.FAILED) == 502
    assert status_told(http.Response.make(429), _visit(), TicketState.REFUSED) == 429
    assert status_told(None, _visit(), TicketState.CANCELLED) is None
