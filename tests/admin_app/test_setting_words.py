"""The settings in groups, with titles, units and readable values."""

import pytest

from addon.settings.live import LIVE
from addon.settings.sources import SETTINGS
from admin_app.actions import settings
from admin_app.setting_words import live_groups, readable, restart_groups, shown, told, unit
from admin_app.shapes import Shape
from tests.admin_app.house import House


@pytest.fixture
def known(house: House) -> list[Shape]:
    return [told(one) for one in settings.listed(house.context)]


def test_every_setting_stands_in_one_group_only(known: list[Shape]) -> None:
    live = [one["key"] for group in live_groups(known) for one in group.settings]
    rest = [one["key"] for group in restart_groups(known) for one in group.settings]
    assert sorted(map(str, live)) == sorted(LIVE)
    assert sorted(map(str, live + rest)) == sorted(SETTINGS)


def test_the_gates_numbers_are_grouped_by_what_they_are_about(known: list[Shape]) -> None:
    groups = {group.title: [one["key"] for one in group.settings] for group in live_groups(known)}
    assert list(groups) == ["How many at once", "Priorities and aging", "Waiting limits", "Deadlines"]
    assert groups["How many at once"] == ["upstream.slots"]
    assert groups["Priorities and aging"] == ["queue.aging_per_minute"]
    assert "queue.max_wait_s.direct_api" in groups["Waiting limits"]
    assert "queue.max_hold_s" in groups["Deadlines"]


def test_groups_that_need_a_restart_have_a_title_that_is_no_key(known: list[Shape]) -> None:
    assert [group.table for group in restart_groups(known) if group.title == group.table] == []


def test_every_setting_has_a_title_of_its_own() -> None:
    titles = [one.title for one in SETTINGS.values()]
    assert len(set(titles)) == len(titles)
    assert [title for title in titles if "_" in title or not title[0].isupper()] == []


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("limits.body_bytes", "67108864", "64 MiB"),
        ("limits.header_bytes", "32768", "32 KiB"),
        ("limits.header_bytes", "1000", ""),
        ("queue.max_wait_s.direct_api", "900", "15 min"),
        ("queue.max_wait_s.direct_api", "3600", "1 h"),
        ("queue.max_hold_s", "5400", "1.5 h"),
        ("queue.max_hold_s", "86400", "1 day"),
        ("queue.max_hold_s", "172800", "2 days"),
        ("queue.heartbeat_s", "10", ""),
        ("queue.max_waiting", "70000", ""),
        ("gate.listen", '"127.0.0.1:8000"', ""),
    ],
)
def test_long_numbers_are_said_as_people_say_them(key: str, value: str, words: str) -> None:
    assert readable(key, value) == words


def test_numbers_have_units_and_texts_have_none() -> None:
    without = {key for key in SETTINGS if not unit(key)}
    assert unit("queue.aging_per_minute") == "points a minute"
    assert {key for key in LIVE if key in without} == set()
    assert unit("gate.allowed_hosts") == ""


def test_a_setting_is_found_by_what_its_row_shows(known: list[Shape]) -> None:
    body = shown(next(one for one in known if one["key"] == "limits.body_bytes"))
    for words in ("64 MiB", "67108864", "Largest body", "SLUICE_LIMITS__BODY_BYTES", "needs a restart"):
        assert words in body
    assert "needs a restart" not in shown(next(one for one in known if one["key"] == "upstream.slots"))
