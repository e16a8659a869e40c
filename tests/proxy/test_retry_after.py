"""Retry-After tells when a place will be free again, from what requests have taken so far."""

import asyncio

from addon.core.aging import US_PER_S
from addon.core.gate import Gate
from addon.core.refusal import Reason, Refusal
from addon.core.ticket import TicketState
from addon.proxy.tasks import spawn
from addon.proxy.turnstile import Turnstile
from tests.core.builders import at, make_limits, make_principal, make_ticket


async def _refusal_when_full(taken_s: float, *, is_own_limit: bool) -> Refusal:
    limits = make_limits(max_waiting=1 if not is_own_limit else 9, max_waiting_per_principal=1)
    turnstile, ann = Turnstile(Gate(limits), clock=lambda: at(100)), make_principal("key:1")
    earlier = make_ticket("earlier", principal=ann)
    earlier.admitted_us = 0
    turnstile.forecast.times.learn(earlier, taken_s)

    async def wait(name: str) -> None:
        await turnstile.enter(make_ticket(name, principal=ann, arrived_s=100))

    spawn(wait("running"), name="running")
    spawn(wait("waiting"), name="waiting")
    await asyncio.sleep(0)
    newcomer = ann if is_own_limit else make_principal("key:2")
    refusal = await turnstile.enter(make_ticket("newcomer", principal=newcomer, arrived_s=100))
    assert refusal is not None
    for ticket in (*turnstile.gate.waiting, *turnstile.gate.running):
        turnstile.end(ticket, TicketState.CANCELLED, "test")
    await asyncio.sleep(0)
    return refusal


async def test_a_full_queue_names_the_time_until_the_first_leaves_it_give_or_take_a_fifth() -> None:
    refusal = await _refusal_when_full(20.0, is_own_limit=False)
    assert refusal.reason is Reason.QUEUE_FULL
    assert 16 <= (refusal.retry_after_s or 0) <= 24


async def test_ones_own_limit_names_the_time_until_ones_own_first_is_admitted() -> None:
    refusal = await _refusal_when_full(20.0, is_own_limit=True)
    assert refusal.reason is Reason.OWN_LIMIT
    assert 16 <= (refusal.retry_after_s or 0) <= 24


async def test_it_is_never_longer_than_a_minute_nor_shorter_than_a_second() -> None:
    assert (await _refusal_when_full(10_000.0, is_own_limit=False)).retry_after_s == 60
    assert (await _refusal_when_full(1 / US_PER_S, is_own_limit=False)).retry_after_s == 1
