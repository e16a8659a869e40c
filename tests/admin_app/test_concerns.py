"""What the overview asks its owner to see to."""

import html
import os
from pathlib import Path
from threading import Event
from typing import Any, cast

import pytest

from addon.store.backup import back_up
from admin_app.actions.concerns import (
    Outlook,
    backup_concern,
    disk_concern,
    known,
    self_check_concern,
    stopped,
    told,
)
from admin_app.gate_now import GateNow
from admin_app.parts import Parts, the_parts
from admin_app.queue_form import Queue
from admin_app.self_check import SelfCheck
from admin_app.upstreams import Upstream
from tests.admin_app.fake_gate import QUEUE, FakeGate, answered
from tests.admin_app.house import NOON, Browser, House
from tests.admin_app.test_upstreams_page import UPSTREAM

_DAY_S = 24 * 3600
_GB = 10**9
_CALM = GateNow(cast("Queue", QUEUE), [cast("Upstream", UPSTREAM)])


@pytest.mark.parametrize(
    ("free", "total", "left"),
    [
        (0.999 * _GB, 10 * _GB, "1.0 GB (10%)"),
        (4.9 * _GB, 100 * _GB, "4.9 GB (5%)"),
        (0, 0, "0.0 GB (0%)"),
    ],
)
def test_a_full_disk_is_told_with_what_is_left(free: float, total: float, left: str) -> None:
    concern = disk_concern(int(free), int(total))
    assert concern is not None
    assert f"has {left} left" in concern.sentence


@pytest.mark.parametrize(("free", "total"), [(_GB, 20 * _GB), (50 * _GB, 1000 * _GB)])
def test_a_disk_with_room_is_no_concern(free: int, total: int) -> None:
    assert disk_concern(free, total) is None


@pytest.mark.parametrize(
    ("backed_up_at", "begun_at", "sentence"),
    [
        (None, None, None),
        (None, NOON - 2 * _DAY_S, None),
        (None, NOON - 2 * _DAY_S - 1, "There is no backup. Sluice"),
        (NOON - 2 * _DAY_S, NOON - 9 * _DAY_S, None),
        (NOON - 3 * _DAY_S, NOON - 9 * _DAY_S, "The last backup was made 3 days ago. Sluice"),
    ],
)
def test_a_house_of_some_days_wants_a_fresh_backup(
    backed_up_at: float | None, begun_at: float | None, sentence: str | None
) -> None:
    concern = backup_concern(backed_up_at, begun_at, NOON)
    assert (concern.sentence if concern else "").startswith(sentence or "")
    assert (concern is None) is (sentence is None)


def test_a_house_tells_until_a_backup_is_made(house: House, admin: Browser, tmp_path: Path) -> None:
    def said() -> str:
        return " ".join(concern.sentence for concern in known(house.context, SelfCheck(tuple), _CALM).concerns)

    assert "backup" not in admin.get("/admin").text
    assert "backup" not in said()
    house.clock.now += 3 * _DAY_S
    assert "There is no backup" in said()
    back_up(house.context.settings.database.url, tmp_path / "copy.db")
    note = house.context.settings.data_dir / "last-backup"
    assert note.stat().st_mode & 0o777 == 0o600
    os.utime(note, (house.clock.now, house.clock.now))
    assert "backup" not in said()


def test_what_the_self_check_found_is_on_the_overview(house: House, admin: Browser) -> None:
    parts = parts_of(house)
    parts.self_check.known()
    parts.self_check.looking.join(10)
    expected = parts.self_check.known()
    assert expected is not None
    text = html.unescape(admin.get("/admin").text)
    assert "still looks around" not in text
    assert all(sentence in text for sentence in expected)


def test_programs_hear_of_the_upstreams_too_and_where_to_go(house: House, admin: Browser) -> None:
    down = UPSTREAM | {"state": "down", "trouble": "does not answer within 2 seconds"}
    crowded = UPSTREAM | {"slots": 4, "served_at_once": {"gemma3": 2}}
    with FakeGate(house.context.settings.data_dir / "control.sock") as gate:
        gate.reply = lambda wish: answered(QUEUE if wish["command"] == "queue" else {"upstreams": [down, crowded]})
        heard: Any = admin.get("/api/admin/concerns").json
    assert [(one["path"], one["word"]) for one in heard[:2]] == [
        ("/admin/upstreams", "Upstreams"),
        ("/admin/queue", "Set the slots"),
    ]
    assert heard[0]["sentence"].startswith("Ollama at http://127.0.0.1:11434 does not answer within 2 seconds.")
    assert "only 2 of the 4 requests for gemma3" in heard[1]["sentence"]


@pytest.mark.usefixtures("admin")
def test_without_a_gate_that_is_said_and_the_rest_is_told(house: House) -> None:
    house.clock.now += 3 * _DAY_S
    silence, backup = told(house.context, SelfCheck(tuple))
    assert str(silence["sentence"]).startswith("The gate did not say how it and Ollama are: No gate is running")
    assert str(backup["sentence"]).startswith("There is no backup")


def test_a_gate_that_does_not_tell_of_ollama_is_no_all_clear(house: House) -> None:
    gate = GateNow(_CALM.queue, None, "The gate did not answer within 3 s.")
    (concern,) = known(house.context, SelfCheck(tuple), gate).concerns
    assert concern.sentence == "The gate did not say how Ollama is: The gate did not answer within 3 s."


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"state": "paused", "by": "ann", "since_at": NOON - 180},
            (
                "The gate is paused by ann, since 2026-08-01 11:57:00 UTC (3 minutes ago), and one waits. "
                "Nobody is admitted until it is resumed."
            ),
        ),
        (
            {"state": "draining", "since_at": NOON, "waiting": []},
            (
                "The gate is set to drain, since 2026-08-01 12:00:00 UTC (just now), and nobody waits. "
                "Whoever comes is refused until it is resumed."
            ),
        ),
    ],
)
def test_a_gate_that_was_stopped_is_something_to_see_to(
    house: House, changes: dict[str, object], sentence: str
) -> None:
    queue = cast("Queue", QUEUE | changes)
    assert stopped(queue, NOON) == sentence
    (concern,) = known(house.context, SelfCheck(tuple), GateNow(queue, _CALM.upstreams)).concerns
    assert (concern.sentence, concern.path) == (sentence, "/admin/queue")


def test_nothing_to_see_to_is_said_only_of_what_has_been_looked_at(house: House) -> None:
    may_answer = Event()

    def look() -> list[str]:
        may_answer.wait(5)
        return []

    check = SelfCheck(look)
    first = known(house.context, check, _CALM)
    assert (first.concerns, first.is_looking) == ([], True)
    assert first.remark.endswith(
        "no backup is overdue. The self-check still looks around; what it finds will stand here."
    )
    may_answer.set()
    check.looking.join(5)
    assert known(house.context, check, _CALM).remark.endswith("and the self-check has found nothing.")
    assert Outlook(told_of := [self_check_concern("x")], is_looking=True).remark.startswith("The self-check still")
    assert Outlook(told_of, is_looking=False).remark == ""


@pytest.mark.parametrize(
    ("sentence", "path"),
    [
        ("gate.listen: 0.0.0.0:8000 can be reached", "/admin/settings#gate.listen"),
        ("upstream default: Ollama listens at 10.0.0.1", "/admin/settings#upstream.url"),
        ("The self-check failed; the log says why.", "/admin/settings"),
    ],
)
def test_what_the_self_check_found_leads_to_its_setting(admin: Browser, sentence: str, path: str) -> None:
    concern = self_check_concern(sentence)
    assert concern.path == path
    anchor = path.partition("#")[2]
    assert not anchor or f'id="{anchor}"' in admin.get("/admin/settings").text


def test_each_concern_leads_to_a_place_that_is_there(house: House, admin: Browser) -> None:
    self_check = SelfCheck(lambda: ["Something is open."])
    self_check.known()
    self_check.looking.join(10)
    paused = GateNow(cast("Queue", QUEUE | {"state": "paused"}), None, "It is silent.")
    concerns = [
        disk_concern(0, 1),
        backup_concern(None, 0, NOON),
        *known(house.context, self_check, paused).concerns,
    ]
    assert len(concerns) >= 5
    for concern in concerns:
        assert concern is not None
        path, _, anchor = concern.path.partition("#")
        page = admin.get(path)
        assert page.status_code == 200
        assert not anchor or f'id="{anchor}"' in page.text
        assert concern.word


def parts_of(house: House) -> Parts:
    """The parts of its running app."""
    with house.app.app_context():
        return the_parts()
