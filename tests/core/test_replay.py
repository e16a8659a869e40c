"""The past once more, with other numbers."""

from collections.abc import Mapping

import pytest

from addon.core.principal import Principal, PrincipalClass, Quota
from addon.core.replay import Arrival, WhatIf, replay, without_places
from addon.core.waits import WaitSummary

TOOL, APP, CHAT = PrincipalClass.DIRECT_API, PrincipalClass.CUSTOM_APP, PrincipalClass.WEB_CHAT
BASE = {TOOL: 1, APP: 2, CHAT: 3}
PRESENT = WhatIf(slots=1, aging_per_minute=0.1, base=BASE, usual=BASE)


def arrival(arrived_s: float, kind: PrincipalClass, ran_s: float = 10.0, base: int | None = None) -> Arrival:
    own = BASE[kind] if base is None else base
    return Arrival(arrived_s, Principal(kind.value, "", kind, own), own, ran_s)


def waits(arrivals: list[Arrival], numbers: WhatIf = PRESENT) -> Mapping[PrincipalClass, float]:
    return {kind: summary.p99_s for kind, summary in replay(arrivals, numbers).items()}


BUSY = [arrival(0, TOOL), arrival(1, CHAT), arrival(2, TOOL), arrival(3, TOOL)]


def test_nobody_is_nobody() -> None:
    assert replay([], PRESENT) == {}


def test_an_empty_gate_lets_everybody_through_at_once() -> None:
    assert replay([arrival(0, TOOL), arrival(10, CHAT)], PRESENT) == {
        TOOL: WaitSummary(1, 0.0, 0.0, 0.0),
        CHAT: WaitSummary(1, 0.0, 0.0, 0.0),
    }


def test_the_order_is_the_gates() -> None:
    assert waits(BUSY) == {TOOL: 17.0, CHAT: 29.0}


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        (WhatIf(2, 0.1, BASE, BASE), {TOOL: 8.0, CHAT: 0.0}),
        (WhatIf(1, 6000.0, BASE, BASE), {TOOL: 27.0, CHAT: 9.0}),
        (WhatIf(1, 0.1, BASE | {CHAT: 0}, BASE), {TOOL: 27.0, CHAT: 9.0}),
    ],
    ids=["more slots", "faster aging", "another base"],
)
def test_other_numbers_have_other_waits(numbers: WhatIf, expected: Mapping[PrincipalClass, float]) -> None:
    assert waits(BUSY, numbers) == expected


def test_whoever_had_a_base_of_their_own_keeps_it() -> None:
    special = [arrival(0, TOOL), arrival(1, CHAT, base=0), arrival(2, TOOL)]
    assert waits(special, WhatIf(1, 0.1, BASE | {CHAT: 9}, BASE)) == {TOOL: 18.0, CHAT: 9.0}


def test_arrivals_may_be_told_in_any_order() -> None:
    assert waits(BUSY[::-1]) == waits(BUSY)


def test_a_limit_of_ones_own_holds_in_the_replay_too() -> None:
    me = Principal("key:1", "", APP, 2, max_running=1)
    assert waits([Arrival(at, me, 2, 10.0) for at in (0.0, 1.0)], WhatIf(2, 0.1, BASE, BASE)) == {APP: 9.0}


def test_a_limit_on_ones_owner_holds_over_all_their_keys() -> None:
    owner = Quota("user:1", max_running=1)
    keys = [Principal(f"key:{number}", "", APP, 2, owners=owner) for number in (1, 2)]
    mine = [Arrival(float(at), key, 2, 10.0) for at, key in enumerate(keys)]
    assert waits(mine, WhatIf(2, 0.1, BASE, BASE)) == {APP: 9.0}


def test_nobody_is_turned_away_from_a_replay() -> None:
    me = without_places(Principal("key:1", "", APP, 2, max_waiting=1, owners=Quota("user:1", max_waiting=1)))
    (summary,) = replay([Arrival(float(at), me, 2, 10.0) for at in range(5)], PRESENT).values()
    assert summary.requests == 5
