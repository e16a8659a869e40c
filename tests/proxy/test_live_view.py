"""The queue as JSON, from a gate of our own making."""

from dataclasses import replace
from typing import Any
from unittest.mock import ANY

from addon.core.estimate import Forecast, OfferedLoad, ServiceTimes
from addon.core.gate import Gate
from addon.core.principal import Principal, PrincipalClass, Scope
from addon.core.ticket import Ticket, TicketState
from addon.proxy.live_view import LiveView
from addon.proxy.steering import Standing
from tests.core.builders import at, make_limits, make_principal

ANN, BOB = make_principal("key:1"), make_principal("key:2")
BOSS = Principal("user:1", "boss", PrincipalClass.WEB_CHAT, 3, frozenset(Scope))
WHY = (
    "Base 3, waited 1 min: 3 \N{MINUS SIGN} 0.10 = 2.90. Nobody is ahead of it. It is overtaken only by requests "
    "that arrive within 9 min with base 2, and 10 min longer for each point below."
)


def _ticket(name: str, owner: Principal, arrived_s: float = 0) -> Ticket:
    return Ticket(name, owner, "m", "/api/chat", 3, at(arrived_s))


def _busy_gate() -> tuple[Gate, Ticket, Ticket]:
    gate = Gate(make_limits())
    running, waiting = _ticket("a", ANN), _ticket("b", BOB, 10)
    gate.arrive(running, at(0))
    gate.arrive(waiting, at(10))
    return gate, running, waiting


def _live(gate: Gate, now_s: float = 70) -> LiveView:
    forecast = Forecast(ServiceTimes(), OfferedLoad(), 0.1)
    return LiveView(gate, forecast, "default", {"a": 7}, at(now_s), Standing(1000.0, "ann"), 1180.0)


def _queue(gate: Gate, seen_by: Principal | None) -> Any:
    return _live(gate).queue(seen_by)


def test_the_owner_at_the_terminal_sees_everything() -> None:
    gate, _, _ = _busy_gate()
    assert _queue(gate, None) == {
        "state": "open",
        "at": 1180.0,
        "since_at": 1000.0,
        "by": "ann",
        "slots": {"total": 1, "used": 1},
        "totals": {"waiting": 1, "running": 1},
        "waiting": [
            {
                "ticket": "b",
                "position": 1,
                "ahead": {},
                "principal": "key:2",
                "class": "direct_api",
                "model": "m",
                "base": 3,
                "effective": 2.9,
                "bumped": False,
                "waited_s": 60.0,
                "eta_low_s": 62.0,
                "eta_high_s": 248.0,
                "why": WHY,
            }
        ],
        "running": [
            {
                "ticket": "a",
                "principal": "key:1",
                "class": "direct_api",
                "model": "m",
                "base": 3,
                "effective": 3.0,
                "upstream": "default",
                "running_s": 70.0,
                "tokens": 7,
                "tokens_per_s": None,
            }
        ],
    }


def test_an_administrator_sees_what_the_owner_sees() -> None:
    gate, _, _ = _busy_gate()
    assert _queue(gate, BOSS) == _queue(gate, None)


def test_others_see_their_own_rows_and_the_totals() -> None:
    gate, _, _ = _busy_gate()
    seen = _queue(gate, ANN)
    assert (len(seen["waiting"]), len(seen["running"]), seen["totals"]) == (0, 1, {"waiting": 1, "running": 1})


def test_others_are_told_neither_who_paused_nor_about_those_ahead() -> None:
    gate, _, _ = _busy_gate()
    seen = _queue(gate, BOB)
    assert not {"at", "since_at", "by"} & seen.keys()
    assert "why" not in seen["waiting"][0]


def test_the_reason_compares_with_the_one_above_whoever_may_start_first() -> None:
    gate, _, _ = _busy_gate()
    ann = replace(ANN, max_running=1)
    gate.arrive(Ticket("c", ann, "m", "/api/chat", 1, at(20)), at(20))
    first, second = (row["why"] for row in _queue(gate, BOSS)["waiting"])
    assert first.endswith("Its owner runs 1 at once, which is the limit, so those behind it may go first.")
    assert "the one above: base 1, waited 50 s: 1 \N{MINUS SIGN} 0.08 = 0.92." in second


def test_the_speed_counts_from_the_first_piece_and_not_before_it_means_something() -> None:
    gate, running, _ = _busy_gate()
    gate.progress(running, at(10))
    views: list[Any] = [_live(gate, now_s).queue(None) for now_s in (10.2, 12, 17)]
    assert [view["running"][0]["tokens_per_s"] for view in views] == [None, 3.5, 1.0]


def test_an_ended_ticket_tells_how_long_it_ran_and_who_ended_it() -> None:
    gate, running, _ = _busy_gate()
    gate.end(running, TicketState.DONE, at(30), "upstream")
    view: Any = _live(gate, 99).ticket(running, BOSS)
    assert (view["state"], view["running_s"], view["waited_s"], view["ended_by"]) == (
        "done",
        30.0,
        0.0,
        "upstream",
    )


def test_a_ticket_that_never_ran_did_not_run_for_a_while() -> None:
    gate, _, waiting = _busy_gate()
    gate.cancel(waiting, at(20), "client")
    view: Any = _live(gate, 99).ticket(waiting, BOSS)
    assert (view["state"], view["running_s"], view["waited_s"]) == ("cancelled", 0.0, 10.0)


def test_a_waiting_ticket_tells_its_place_among_all_and_how_long_it_will_probably_wait() -> None:
    gate, _, waiting = _busy_gate()
    gate.arrive(_ticket("c", ANN, 5), at(20))
    view = _live(gate).ticket(waiting, BOSS)
    assert (view["position"], view["eta_low_s"], view["eta_high_s"]) == (2, 70.0, 280.0)


def test_everybody_reads_what_kind_of_thing_is_before_them_and_not_who() -> None:
    gate, _, waiting = _busy_gate()
    gate.arrive(_ticket("c", BOSS, 20), at(20))
    gate.arrive(_ticket("d", ANN, 30), at(30))
    (row,) = _queue(gate, ANN)["waiting"]
    assert (row["position"], row["ahead"]) == (3, {"direct_api": 1, "web_chat": 1})
    assert _live(gate).ticket(waiting, BOSS)["ahead"] == {}
    assert _queue(gate, BOSS)["waiting"][2] == row | {"why": ANY}


def test_a_paused_gate_estimates_nothing() -> None:
    gate, _, waiting = _busy_gate()
    gate.pause()
    view = _live(gate).ticket(waiting, BOSS)
    assert (view["eta_low_s"], view["eta_high_s"]) == (None, None)
