"""The copies that Sluice makes by itself."""

from pathlib import Path

import pytest

from addon.store.address_rules import NewRule, add_rule, list_rules
from addon.store.copies import DAY_S, Copies
from addon.store.engine import Engine, make_engine, reading
from addon.store.errors import StoreError
from tests.changing import changing_rules

NOON = 1_785_585_600.0  # 2026-08-01, 12:00 UTC


@pytest.fixture
def copies(database: Path) -> Copies:
    return Copies(f"sqlite:///{database}", database.parent)


def _names(database: Path) -> list[str]:
    return sorted(path.name for path in (database.parent / "backups").iterdir())


def test_a_daily_copy_is_whole_private_and_named_after_its_time(
    copies: Copies, engine: Engine, database: Path
) -> None:
    with changing_rules(engine) as session:
        add_rule(session, NewRule("10.0.0.1"), 1.0)
    copy = copies.daily(7, NOON)
    assert copy is not None
    assert copy == database.parent / "backups" / "sluice-20260801T120000Z.db"
    assert (copy.stat().st_mode & 0o777, copy.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    with reading(make_engine(f"sqlite:///{copy}")) as session:
        assert [rule.cidr for rule in list_rules(session)] == ["10.0.0.1/32"]


def test_there_is_one_a_day(copies: Copies) -> None:
    assert copies.latest_at() is None
    assert copies.daily(7, NOON) is not None
    assert copies.daily(7, NOON + DAY_S - 1) is None
    assert copies.latest_at() == NOON
    assert copies.daily(7, NOON + DAY_S) is not None


def test_the_latest_few_are_kept_and_the_rest_of_the_folder_is_left_alone(copies: Copies, database: Path) -> None:
    copies.before("schema-0006", NOON)
    (database.parent / "backups" / "mine.db").write_text("precious")
    for day in range(5):
        copies.daily(3, NOON + day * DAY_S)
    assert _names(database) == [
        "before-schema-0006-20260801T120000Z.db",
        "mine.db",
        "sluice-20260803T120000Z.db",
        "sluice-20260804T120000Z.db",
        "sluice-20260805T120000Z.db",
    ]


def test_none_are_made_where_none_are_wanted(copies: Copies, database: Path) -> None:
    assert copies.daily(0, NOON) is None
    assert not (database.parent / "backups").exists()


def test_a_clock_that_was_set_back_does_not_keep_copies_from_being_made(copies: Copies) -> None:
    copies.daily(7, NOON + 30 * DAY_S)
    assert copies.daily(7, NOON) is not None


def test_of_the_copies_before_a_change_three_are_kept(copies: Copies, database: Path) -> None:
    for number in range(5):
        copies.before(f"schema-{number}", NOON + number)
    assert [name[:15] for name in _names(database)] == ["before-schema-2", "before-schema-3", "before-schema-4"]


def test_what_a_killed_copy_left_is_no_copy_and_goes_with_the_next(copies: Copies, database: Path) -> None:
    (database.parent / "backups").mkdir()
    (database.parent / "backups" / "sluice-20260731T120000Z.part").write_bytes(b"half of it")
    assert copies.latest_at() is None
    copies.daily(7, NOON)
    assert _names(database) == ["sluice-20260801T120000Z.db"]


def test_a_copy_that_fails_leaves_the_older_ones(
    copies: Copies, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies.daily(1, NOON)

    def full(*_: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr("addon.store.copies.back_up", full)
    with pytest.raises(StoreError, match="the disk is full"):
        copies.daily(1, NOON + DAY_S)
    assert _names(database) == ["sluice-20260801T120000Z.db"]


def test_a_folder_that_cannot_be_made_is_a_sentence(copies: Copies, database: Path) -> None:
    (database.parent / "backups").write_text("not a folder")
    with pytest.raises(StoreError, match=r"backups: no copy of the database could be kept there"):
        copies.daily(7, NOON)
