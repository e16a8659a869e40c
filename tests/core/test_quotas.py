"""Whoever has several ways in has one limit over all of them."""

import pytest

from addon.core.principal import Principal, Quota
from addon.core.quotas import Quotas
from tests.core.builders import make_principal

ANN = make_principal("user:1", max_waiting=2, max_running=2)
KEY = make_principal("key:1", max_waiting=1, owners=Quota("user:1", 2, 2))
OTHER_KEY = make_principal("key:2", max_running=1, owners=Quota("user:1", 2, 2))
STRANGER = make_principal("key:3")


def test_who_has_no_number_is_under_the_general_limit_for_waiting_and_none_for_running() -> None:
    quotas = Quotas()
    for _ in range(5):
        quotas.wait(STRANGER, 1)
        quotas.run(STRANGER, 1)
    assert quotas.full(STRANGER, 6) is None
    assert quotas.full(STRANGER, 5) == 5
    assert quotas.may_run(STRANGER)


def test_the_limit_that_is_reached_is_named() -> None:
    quotas = Quotas()
    quotas.wait(KEY, 1)
    assert [quotas.full(who, 50) for who in (KEY, OTHER_KEY, ANN)] == [1, None, None]
    quotas.wait(ANN, 1)
    assert [quotas.full(who, 50) for who in (KEY, OTHER_KEY, ANN)] == [1, 2, 2]


def test_a_person_and_all_their_keys_together_run_no_more_than_the_person_may() -> None:
    quotas = Quotas()
    quotas.run(OTHER_KEY, 1)
    assert [quotas.may_run(who) for who in (OTHER_KEY, KEY, ANN)] == [False, True, True]
    assert [quotas.reached(who) for who in (OTHER_KEY, KEY, ANN)] == [1, None, None]
    quotas.run(ANN, 1)
    assert [quotas.may_run(who) for who in (KEY, ANN, STRANGER)] == [False, False, True]
    assert [quotas.reached(who) for who in (KEY, ANN, STRANGER)] == [2, 2, None]


@pytest.mark.parametrize("gone", [ANN, KEY])
def test_who_is_gone_makes_room_for_the_others(gone: Principal) -> None:
    quotas = Quotas()
    for step in (1, 1, -1):
        quotas.wait(gone, step)
        quotas.run(gone, step)
    assert quotas.full(OTHER_KEY, 50) is None
    assert quotas.may_run(OTHER_KEY)
