"""Sums and rows of the journal, and the accounts."""

from typing import Any

import pytest

from addon.store.journal import Finished, write
from tests.admin_app.house import NOON, Browser, House
from tests.changing import changing_rules

PATH = "/api/admin/stats"
DAY_S = 24 * 3600


def finished(arrived_at: float, ticket: str = "t") -> Finished:
    return Finished(
        ticket=ticket,
        principal_id="key:1",
        principal="<i>ci</i>",
        principal_class="custom_app",
        base=2,
        model="gemma",
        path="/api/chat",
        upstream="default",
        arrived_at=arrived_at,
        waited_s=1.25,
        first_byte_s=0.5,
        ran_s=2.5,
        prompt_tokens=10,
        completion_tokens=20,
        is_estimated=False,
        status=200,
        state="done",
        ended_by="upstream",
    )


@pytest.fixture
def journal(house: House) -> None:
    with changing_rules(house.context.engine) as session:
        write(session, [finished(NOON - DAY_S, "yesterday"), finished(NOON - 60, "today")], [])


@pytest.mark.usefixtures("journal")
def test_by_default_the_stats_are_todays(admin: Browser) -> None:
    stats: Any = admin.get(PATH).json
    assert (stats["requests"], stats["tokens_in"], stats["tokens_out"]) == (1, 10, 20)
    assert [row["ticket"] for row in stats["rows"]] == ["today"]
    assert stats["rows"][0]["waited_s"] == 1.25


@pytest.mark.usefixtures("journal")
@pytest.mark.parametrize("since", ["0", "2026-07-31", "2026-07-31T12:00:00%2B00:00", str(NOON - DAY_S)])
def test_since_may_be_seconds_or_a_date(admin: Browser, since: str) -> None:
    stats: Any = admin.get(f"{PATH}?since={since}").json
    assert (stats["requests"], stats["tokens_out"]) == (2, 40)


@pytest.mark.parametrize("since", ["yesterday", "nan", "inf", "", "2026-13-01"])
def test_another_since_is_refused_with_a_sentence(admin: Browser, since: str) -> None:
    answer = admin.get(f"{PATH}?since={since}")
    assert answer.status_code == 400
    assert "ISO 8601" in answer.get_json()["error"]


def test_an_empty_journal_adds_up_to_nothing(admin: Browser) -> None:
    stats: Any = admin.get(PATH).json
    assert (stats["requests"], stats["tokens_in"], stats["tokens_out"], stats["rows"]) == (0, 0, 0, [])


@pytest.mark.usefixtures("journal")
def test_the_admin_page_shows_the_last_rows_as_text(admin: Browser) -> None:
    page = admin.get("/admin").text
    assert "&lt;i&gt;ci&lt;/i&gt;" in page
    assert "<i>ci" not in page


def test_the_users_are_listed_without_their_passwords(admin: Browser, person: Browser) -> None:
    users: Any = admin.get("/api/admin/users").json
    assert [(user["name"], user["is_admin"], user["state"]) for user in users] == [
        ("root", True, "active"),
        ("ann", False, "active"),
    ]
    assert not any("password" in name for user in users for name in user)
