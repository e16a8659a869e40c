"""Statistics: the same from rows and from roll-ups, and equal to a recount."""

import itertools

import pytest
from sqlalchemy import Engine

from addon.core.waits import bucket_of, summarize
from addon.store.engine import reading, writing
from addon.store.flow import Flow, flow_by_step
from addon.store.journal import Finished, write
from addon.store.roll_ups import add_to_roll_ups, start_of
from addon.store.statistics import admitted_and_not, use, waits_by_class, waits_by_step
from addon.store.stretch import Stretch, stretch_to
from tests.store.samples import finished

BEGIN = 1_785_585_600.0  # a full hour
ROWS = [
    finished(
        arrived_at=BEGIN + 37 * number,
        principal_id=f"key:{number % 3}",
        principal=f"app {number % 3}",
        principal_class=("custom_app", "web_chat")[number % 2],
        model=f"model {number % 2}",
        waited_s=0.05 * number,
        ran_s=1.0 + number % 4,
        state="failed" if number % 10 == 9 else "done",
    )
    for number in range(90)
]
STRETCHES = [Stretch(BEGIN, BEGIN + hours * 3600) for hours in (1, 24, 7 * 24, 30 * 24)]


@pytest.fixture(autouse=True)
def written(engine: Engine) -> None:
    with writing(engine) as session:
        write(session, ROWS, ())
        add_to_roll_ups(session, ROWS, {})


def _flow(rows: list[Finished]) -> Flow:
    return Flow(
        len(rows),
        sum(row.state != "done" for row in rows),
        sum(row.prompt_tokens for row in rows),
        sum(row.completion_tokens for row in rows),
        sum(row.ran_s for row in rows),
    )


def _held_s(row: Finished, step: int, step_s: int) -> float:
    """How long it held a slot in this step."""
    began_at = row.arrived_at + row.waited_s
    return max(0.0, min(began_at + row.ran_s, step + step_s) - max(began_at, step))


def test_the_longer_the_stretch_the_coarser_its_steps() -> None:
    assert [stretch.step_s for stretch in STRETCHES] == [60, 600, 3600, 21600]


@pytest.mark.parametrize("stretch", STRETCHES, ids=["hour", "day", "week", "month"])
def test_every_step_is_what_a_recount_says(engine: Engine, stretch: Stretch) -> None:
    with reading(engine) as session:
        flows, counts = flow_by_step(session, stretch), waits_by_step(session, stretch)
    steps = {start_of(row.arrived_at, stretch.step_s) for row in ROWS}
    for step in steps:
        rows = [row for row in ROWS if start_of(row.arrived_at, stretch.step_s) == step]
        flow, recount = flows[step], _flow(rows)
        assert (flow.requests, flow.failed, flow.tokens_in) == (
            recount.requests,
            recount.failed,
            recount.tokens_in,
        )
        assert flow.ran_s == pytest.approx(sum(_held_s(row, step, stretch.step_s) for row in ROWS))
        for kind in {row.principal_class for row in rows}:
            waits = [row.waited_s for row in rows if row.principal_class == kind]
            assert sum(counts[step, kind].counts.values()) == len(waits)
            assert set(counts[step, kind].counts) == {bucket_of(wait_s) for wait_s in waits}
    assert {step for step, flow in flows.items() if flow.requests} == steps


@pytest.mark.parametrize("stretch", STRETCHES, ids=["hour", "day", "week", "month"])
def test_waits_are_summed_up_by_class(engine: Engine, stretch: Stretch) -> None:
    with reading(engine) as session:
        summaries = waits_by_class(waits_by_step(session, stretch))
    for kind in ("custom_app", "web_chat"):
        waits = [row.waited_s for row in ROWS if row.principal_class == kind]
        told, exact = summaries[kind], summarize(waits)
        assert told.requests == exact.requests
        for name in ("p50_s", "p95_s", "p99_s"):
            true_s = getattr(exact, name)
            assert true_s / 1.19 <= getattr(told, name) <= true_s * 1.19
        if stretch.is_short:
            assert told.p99_s <= max(waits)


@pytest.mark.parametrize("stretch", STRETCHES[1:], ids=["day", "week", "month"])
def test_nobody_is_told_to_have_waited_for_longer_than_since_they_can_have_come(
    engine: Engine, stretch: Stretch
) -> None:
    begin = BEGIN + 40 * 24 * 3600
    late = [finished(ticket="a", arrived_at=begin + 1, waited_s=1.03, ran_s=0.01)]
    with writing(engine) as session:
        add_to_roll_ups(session, late, {})
    with reading(engine) as session:
        told = waits_by_class(
            waits_by_step(session, Stretch(begin + 1.04 - (stretch.until - BEGIN), begin + 1.04))
        )
    assert told["custom_app"].p99_s <= 1.04


def test_a_crowded_hour_is_read_from_roll_ups_and_means_the_same(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with reading(engine) as session:
        plain = stretch_to(session, BEGIN + 3600, 3600)
    monkeypatch.setattr("addon.store.stretch._MOST_ROWS", len(ROWS) - 1)
    with reading(engine) as session:
        crowded = stretch_to(session, BEGIN + 3600, 3600)
        quiet = stretch_to(session, BEGIN + 10 * 3600, 3600)
        assert (plain.step_s, crowded.step_s, quiet.step_s) == (60, 600, 60)
        assert use(session, crowded) == use(session, plain)
        by_minute, by_ten = flow_by_step(session, plain).values(), flow_by_step(session, crowded).values()
    assert sum(flow.requests for flow in by_minute) == sum(flow.requests for flow in by_ten)


def test_the_rows_before_an_hour_make_it_slow_as_well(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("addon.store.stretch._MOST_ROWS", 17)
    with reading(engine) as session:
        assert stretch_to(session, BEGIN + 2.5 * 3600, 3600).is_crowded
        assert not stretch_to(session, BEGIN + 6 * 3600, 3600).is_crowded


def test_admitted_ones_are_told_from_those_who_left(engine: Engine) -> None:
    left = [finished(ticket=f"{n:032x}", arrived_at=BEGIN - 60, ran_s=0.0, state="cancelled") for n in range(3)]
    with writing(engine) as session:
        write(session, left, ())
    with reading(engine) as session:
        assert admitted_and_not(session, BEGIN - 60, BEGIN + 3600) == (len(ROWS), 3)
        assert admitted_and_not(session, BEGIN - 9000, BEGIN - 8000) == (0, 0)


@pytest.mark.parametrize("until", [BEGIN, BEGIN + 0.5, BEGIN + 599.5])
def test_steps_end_before_the_one_that_begins_at_the_end(until: float) -> None:
    stretch = Stretch(until - 3600, until)
    for step_s in (60, 600):
        starts = stretch.starts(step_s)
        assert starts[0] <= stretch.since < starts[0] + step_s
        assert starts[-1] < until <= starts[-1] + step_s


@pytest.mark.parametrize("stretch", STRETCHES, ids=["hour", "day", "week", "month"])
def test_use_is_told_by_principal_and_by_model(engine: Engine, stretch: Stretch) -> None:
    with reading(engine) as session:
        principals, used = use(session, stretch)
    assert {(one.name, one.label): one.flow for one in principals} == {
        (f"key:{number}", f"app {number}"): _flow(ROWS[number::3]) for number in range(3)
    }
    assert {one.name: one.flow for one in used} == {f"model {n}": _flow(ROWS[n::2]) for n in range(2)}
    assert [one.flow.ran_s for one in principals] == sorted((one.flow.ran_s for one in principals), reverse=True)


@pytest.mark.parametrize("length_s", [3600, 24 * 3600, 7 * 24 * 3600, 30 * 24 * 3600])
def test_a_quiet_time_is_nothing(engine: Engine, length_s: int) -> None:
    stretch = Stretch(BEGIN + 40 * 24 * 3600, BEGIN + 40 * 24 * 3600 + length_s)
    with reading(engine) as session:
        assert flow_by_step(session, stretch) == {}
        assert waits_by_class(waits_by_step(session, stretch)) == {}
        assert use(session, stretch) == ([], [])


def test_rows_and_roll_ups_agree_on_which_models_there_are(engine: Engine) -> None:
    fates = itertools.product(
        ("done", "failed", "cancelled", "timed_out", "refused"),
        (None, 200, 400, 404, 500, 502, 503, 504),
        (None, 0.4),
        (0.0, 2.0),
        (0, 5),
    )
    rows = [
        finished(
            model=f"M{number}",
            arrived_at=BEGIN + 7200,
            state=state,
            status=status,
            first_byte_s=first,
            ran_s=ran_s,
            completion_tokens=tokens,
        )
        for number, (state, status, first, ran_s, tokens) in enumerate(fates)
    ]
    with writing(engine) as session:
        write(session, rows, ())
        add_to_roll_ups(session, rows, {})
    later = [Stretch(BEGIN + 7200, BEGIN + 7200 + length_s) for length_s in (3600, 24 * 3600)]
    with reading(engine) as session:
        by_rows, by_roll_ups = ({one.name: one.flow for one in use(session, stretch)[1]} for stretch in later)
    assert by_rows == by_roll_ups
    assert by_rows.keys() == {row.known_model for row in rows}
