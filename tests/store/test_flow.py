"""What went through by step: a run counts where it ran, so that no more slots are in use than there are."""

import pytest
from sqlalchemy import Engine

from addon.store.engine import reading, writing
from addon.store.flow import flow_by_step
from addon.store.journal import Finished, write
from addon.store.roll_ups import add_to_roll_ups
from addon.store.stretch import Stretch
from tests.store.samples import finished

BEGIN = 1_785_585_600.0  # a full hour
SLOTS = 2
RUN_S = 90.0
# A hundred at once, for two slots: each pair runs when the one before it has ended.
CROWD = [
    finished(
        ticket=f"{number:032x}",
        arrived_at=BEGIN + 30,
        waited_s=RUN_S * (number // SLOTS),
        ran_s=RUN_S,
        prompt_tokens=7,
        completion_tokens=91,
        state="failed" if number == 3 else "done",
    )
    for number in range(60)
]
LENGTHS_S = [3600, 24 * 3600, 7 * 24 * 3600, 30 * 24 * 3600]


def _write(engine: Engine, rows: list[Finished]) -> None:
    with writing(engine) as session:
        write(session, rows, ())
        for start in range(0, len(rows), 7):
            add_to_roll_ups(session, rows[start : start + 7], {})


@pytest.mark.parametrize("length_s", LENGTHS_S)
def test_a_crowd_keeps_its_slots_busy_and_no_more(engine: Engine, length_s: int) -> None:
    _write(engine, CROWD)
    stretch = Stretch(BEGIN, BEGIN + length_s)
    with reading(engine) as session:
        flows = flow_by_step(session, stretch)
    assert all(flow.ran_s <= SLOTS * stretch.step_s + 1e-6 for flow in flows.values())
    assert sum(flow.ran_s for flow in flows.values()) == pytest.approx(60 * RUN_S)
    assert sum(flow.tokens_out for flow in flows.values()) == 60 * 91
    assert sum(flow.requests for flow in flows.values()) == 60
    assert sum(flow.failed for flow in flows.values()) == 1
    assert flows[stretch.first].tokens_in == 60 * 7, "read when they arrived"


def test_a_full_step_is_full(engine: Engine) -> None:
    _write(engine, CROWD)
    with reading(engine) as session:
        by_minute = flow_by_step(session, Stretch(BEGIN, BEGIN + 3600))
        by_ten = flow_by_step(session, Stretch(BEGIN, BEGIN + 24 * 3600))
    assert by_minute[int(BEGIN) + 600].ran_s == pytest.approx(SLOTS * 60)
    assert by_ten[int(BEGIN) + 600].ran_s == pytest.approx(SLOTS * 600)


def test_what_arrived_before_a_short_stretch_and_ran_in_it_is_seen(engine: Engine) -> None:
    _write(engine, [finished(arrived_at=BEGIN - 1000, waited_s=900.0, ran_s=400.0, completion_tokens=40)])
    with reading(engine) as session:
        flows = flow_by_step(session, Stretch(BEGIN, BEGIN + 3600))
    assert sum(flow.ran_s for flow in flows.values()) == pytest.approx(300.0)
    assert sum(flow.tokens_out for flow in flows.values()) == 30
    assert sum(flow.requests for flow in flows.values()) == 0
