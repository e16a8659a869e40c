"""The sums of the journal: always what its rows add up to, and kept when the rows are gone."""

from collections import Counter
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from addon.core.waits import bucket_of
from addon.store.engine import reading, writing
from addon.store.journal import Finished, write
from addon.store.models import RefusalRollUp, UsageRollUp, WaitRollUp
from addon.store.roll_ups import COARSE_S, FINE_S, MIDDLE_S, PERIODS_S, add_to_roll_ups, start_of
from tests.store.samples import NOW, finished


def _write(engine: Engine, *rows: Finished, refusals: dict[tuple[int, str], int] | None = None) -> None:
    with writing(engine) as session:
        write(session, rows, ())
        add_to_roll_ups(session, rows, refusals or {})


def _many() -> list[Finished]:
    return [
        finished(
            arrived_at=NOW + 97 * number,
            principal_id=f"key:{number % 3}",
            model="ab"[number % 2],
            waited_s=0.01 * number**2,
            ran_s=number / 7,
            prompt_tokens=number,
            state=("done", "failed", "refused")[number % 5 % 3],
        )
        for number in range(60)
    ]


@pytest.mark.parametrize("period_s", PERIODS_S)
@pytest.mark.parametrize("size", [1, 7, 60])
def test_batch_by_batch_the_sums_are_those_of_the_rows(engine: Engine, period_s: int, size: int) -> None:
    rows = _many()
    for start in range(0, len(rows), size):
        _write(engine, *rows[start : start + size])
    expected: Counter[tuple[int, str, str]] = Counter()
    waits: Counter[tuple[int, str, int]] = Counter()
    for row in rows:
        span = start_of(row.arrived_at, period_s)
        expected[span, row.principal_id, row.known_model] += row.prompt_tokens
        if row.ran_s > 0:
            waits[span, row.principal_class, bucket_of(row.waited_s)] += 1
    with reading(engine) as session:
        usage = session.scalars(select(UsageRollUp).where(UsageRollUp.period_s == period_s)).all()
        counts = session.scalars(select(WaitRollUp).where(WaitRollUp.period_s == period_s)).all()
    assert {(one.start_at, one.principal_id, one.model): one.prompt_tokens for one in usage} == dict(expected)
    assert {(one.start_at, one.principal_class, one.bucket): one.requests for one in counts} == dict(waits)
    assert sum(one.requests for one in usage) == len(rows)
    assert sum(one.failed for one in usage) == sum(row.state != "done" for row in rows)
    assert sum(one.ran_s for one in usage) == pytest.approx(sum(row.ran_s for row in rows))


@pytest.mark.parametrize(
    ("told", "is_known"),
    [
        ({}, True),
        ({"state": "cancelled"}, True),
        ({"state": "failed", "status": 500}, True),
        ({"state": "timed_out", "status": 504, "first_byte_s": None}, True),
        ({"state": "failed", "status": 200, "completion_tokens": 3}, True),
        ({"state": "failed", "status": 200, "completion_tokens": 0}, False),
        ({"state": "failed", "status": 404}, False),
        ({"state": "failed", "status": 502, "first_byte_s": None}, False),
        ({"state": "cancelled", "status": None, "first_byte_s": None}, False),
        ({"state": "cancelled", "status": 200, "first_byte_s": None}, False),
        ({"state": "timed_out", "status": 503, "first_byte_s": None, "ran_s": 0.0}, False),
    ],
)
def test_names_that_nobody_has_shown_to_be_models_are_counted_together(
    engine: Engine, told: dict[str, Any], *, is_known: bool
) -> None:
    _write(engine, *(finished(model=f"m{number}", arrived_at=NOW, **told) for number in range(50)))
    with reading(engine) as session:
        names = session.scalars(select(UsageRollUp.model).where(UsageRollUp.period_s == COARSE_S)).all()
    assert sorted(names) == (sorted(f"m{number}:latest" for number in range(50)) if is_known else [""])


def test_a_model_is_counted_under_one_name_however_it_is_spelt(engine: Engine) -> None:
    spellings = (
        "gemma3",
        "GEMMA3:latest",
        *(f"s{number}://registry.ollama.ai/library/gemma3" for number in range(9)),
    )
    _write(engine, *(finished(model=name, arrived_at=NOW) for name in spellings))
    with reading(engine) as session:
        names = session.scalars(select(UsageRollUp.model).where(UsageRollUp.period_s == COARSE_S)).all()
    assert names == ["gemma3:latest"]


def test_refusals_are_counted_by_reason_and_span(engine: Engine) -> None:
    for _ in range(2):
        _write(engine, refusals={(start_of(NOW, FINE_S), "csrf"): 2, (start_of(NOW, FINE_S), "own_limit"): 1})
    with reading(engine) as session:
        found = session.execute(
            select(RefusalRollUp.period_s, RefusalRollUp.start_at, RefusalRollUp.reason, RefusalRollUp.refusals)
        ).all()
    assert sorted(tuple(row) for row in found) == [
        (FINE_S, start_of(NOW, FINE_S), "csrf", 4),
        (FINE_S, start_of(NOW, FINE_S), "own_limit", 2),
        (MIDDLE_S, start_of(NOW, MIDDLE_S), "csrf", 4),
        (MIDDLE_S, start_of(NOW, MIDDLE_S), "own_limit", 2),
        (COARSE_S, start_of(NOW, COARSE_S), "csrf", 4),
        (COARSE_S, start_of(NOW, COARSE_S), "own_limit", 2),
    ]


def test_a_great_many_sums_fit_into_one_batch(engine: Engine) -> None:
    _write(engine, *(finished(principal_id=f"key:{number}") for number in range(4000)))
    with reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(UsageRollUp)) == 3 * 4000
