"""Refusals over time: counted by reason, in steps of ten minutes at the finest."""

import pytest
from sqlalchemy import Engine

from addon.store.engine import reading, writing
from addon.store.refusal_statistics import refusal_step_s, refusals_by_reason, refusals_by_step
from addon.store.roll_ups import COARSE_S, FINE_S, MIDDLE_S, add_to_roll_ups
from addon.store.stretch import Stretch

BEGIN = 1_785_585_600  # a full hour
LENGTHS_S = {3600: FINE_S, 24 * 3600: FINE_S, 7 * 24 * 3600: MIDDLE_S, 30 * 24 * 3600: COARSE_S}


@pytest.fixture(autouse=True)
def written(engine: Engine) -> None:
    with writing(engine) as session:
        refused = {(BEGIN, "csrf"): 1, (BEGIN, "bad_key"): 7, (BEGIN + FINE_S, "csrf"): 2}
        add_to_roll_ups(session, [], refused)


@pytest.mark.parametrize("length_s", LENGTHS_S)
def test_they_add_up_in_every_stretch(engine: Engine, length_s: int) -> None:
    stretch = Stretch(BEGIN, BEGIN + length_s)
    with reading(engine) as session:
        steps = refusals_by_step(session, stretch)
    assert refusal_step_s(stretch) == LENGTHS_S[length_s]
    assert list(refusals_by_reason(steps).items()) == [("bad_key", 7), ("csrf", 3)]
    assert all(at % LENGTHS_S[length_s] == 0 for at in steps)


def test_a_day_is_told_by_ten_minutes(engine: Engine) -> None:
    with reading(engine) as session:
        steps = refusals_by_step(session, Stretch(BEGIN, BEGIN + 24 * 3600))
    assert steps == {BEGIN: {"csrf": 1, "bad_key": 7}, BEGIN + FINE_S: {"csrf": 2}}


def test_a_quiet_time_is_nothing(engine: Engine) -> None:
    with reading(engine) as session:
        steps = refusals_by_step(session, Stretch(BEGIN + 24 * 3600, BEGIN + 25 * 3600))
    assert steps == {}
    assert refusals_by_reason(steps) == {}
