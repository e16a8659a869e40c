"""The journal: what is written is what is read back."""

from dataclasses import asdict, fields

from sqlalchemy import Engine

from addon.store.engine import reading
from addon.store.journal import (
    Finished,
    Totals,
    Used,
    last_arrived,
    last_finished,
    last_runs,
    last_uses,
    totals,
    write,
)
from addon.store.models import JournalRow
from tests.changing import changing_rules
from tests.store.samples import NOW, finished

LATER = NOW + 3600


def _write(engine: Engine, rows: list[Finished], used: list[Used] | None = None) -> None:
    with changing_rules(engine) as session:
        write(session, rows, used or [])


def _last_uses(engine: Engine) -> dict[str, tuple[float, str | None]]:
    with reading(engine) as session:
        return {who: (row.used_at, row.address) for who, row in last_uses(session).items()}


def test_every_field_of_a_request_is_kept(engine: Engine) -> None:
    rows = [finished(), finished(ticket="other", first_byte_s=None, status=None, is_estimated=True)]
    _write(engine, rows)
    with reading(engine) as session:
        kept = [
            {field.name: getattr(row, field.name) for field in fields(Finished)} for row in last_finished(session)
        ]
    assert kept == [asdict(row) for row in reversed(rows)]


def test_a_row_has_no_field_that_nobody_fills() -> None:
    assert set(JournalRow.__table__.columns.keys()) == {"id"} | {field.name for field in fields(Finished)}


def test_nothing_to_write_is_fine(engine: Engine) -> None:
    _write(engine, [])
    with reading(engine) as session:
        assert list(last_finished(session)) == []
    assert _last_uses(engine) == {}


def test_the_newest_rows_come_first_and_no_more_than_asked(engine: Engine) -> None:
    _write(engine, [finished(ticket=str(number), arrived_at=NOW + number) for number in range(5)])
    with reading(engine) as session:
        assert [row.ticket for row in last_arrived(session, NOW, LATER, most=2)] == ["4", "3"]
        assert [row.ticket for row in last_arrived(session, NOW + 3, LATER)] == ["4", "3"]


def test_what_ended_last_comes_first_though_it_arrived_before_others(engine: Engine) -> None:
    _write(engine, [finished(ticket="short", arrived_at=NOW + 60)])
    _write(engine, [finished(ticket="long", arrived_at=NOW)])
    with reading(engine) as session:
        assert [row.ticket for row in last_finished(session)] == ["long", "short"]
        assert [row.ticket for row in last_finished(session, most=1)] == ["long"]
        assert [row.ticket for row in last_arrived(session, NOW, LATER)] == ["short", "long"]


def test_totals_add_up_what_arrived_since_then(engine: Engine) -> None:
    _write(
        engine, [finished(arrived_at=NOW + at, prompt_tokens=at, completion_tokens=10 * at) for at in (1, 2, 3)]
    )
    with reading(engine) as session:
        assert totals(session, NOW + 2, LATER) == Totals(requests=2, tokens_in=5, tokens_out=50)
        assert totals(session, NOW + 4, LATER) == Totals(requests=0, tokens_in=0, tokens_out=0)


def test_what_a_clock_that_was_ahead_has_left_belongs_to_no_present(engine: Engine) -> None:
    _write(engine, [finished(arrived_at=NOW), finished(arrived_at=NOW + 200 * 24 * 3600)])
    with reading(engine) as session:
        assert totals(session, 0.0, NOW).requests == 1
        assert len(last_arrived(session, 0.0, NOW)) == len(last_runs(session, 0.0, NOW, 10)) == 1


def test_runs_are_those_that_were_admitted(engine: Engine) -> None:
    _write(engine, [finished(ran_s=2.0, waited_s=1.0), finished(ran_s=0.0, state="cancelled")])
    with reading(engine) as session:
        (run,) = last_runs(session, NOW, NOW, 10)
    expected = finished(ran_s=2.0, waited_s=1.0)
    assert run._asdict() == {name: getattr(expected, name) for name in run._fields}


def test_only_the_latest_use_counts(engine: Engine) -> None:
    _write(engine, [], [Used("key:1", NOW, "10.0.0.1"), Used("user:1", NOW, None)])
    _write(engine, [], [Used("key:1", NOW + 5, None)])
    assert _last_uses(engine) == {"key:1": (NOW + 5, None), "user:1": (NOW, None)}


def test_an_earlier_use_that_comes_late_changes_neither_instant_nor_address(engine: Engine) -> None:
    _write(engine, [], [Used("key:1", NOW, "10.0.0.1")])
    _write(engine, [], [Used("key:1", NOW - 5, "10.9.9.9")])
    assert _last_uses(engine) == {"key:1": (NOW, "10.0.0.1")}
