"""The panel when the clock has jumped, and of those who are gone: their requests count, without a name."""

from typing import Any

import pytest

from addon.store.engine import writing
from addon.store.journal import write
from addon.store.roll_ups import add_to_roll_ups
from tests.admin_app.house import NOON, Browser, House
from tests.store.samples import finished

DAY_S = 86_400.0
PAGES = (
    "/admin",
    "/admin/queue",
    "/admin/statistics",
    "/admin/statistics?slots=2",
    "/admin/upstreams",
    "/admin/keys",
    "/admin/addresses",
    "/admin/invites",
    "/admin/users",
    "/admin/audit",
    "/admin/settings",
    "/account",
)


def _served(house: House, at: float, **more: Any) -> None:
    rows = [finished(arrived_at=at, principal="app", **more)]
    with writing(house.context.engine) as session:
        write(session, rows, [])
        add_to_roll_ups(session, rows, {})


@pytest.mark.parametrize("jump_s", [-DAY_S, -3600.0, 3600.0, DAY_S, 400 * DAY_S])
def test_every_page_stands_a_clock_that_was_set(admin: Browser, house: House, jump_s: float) -> None:
    # Written before the clock was set: seen from now it lies in the future, or further back than it was.
    _served(house, NOON - jump_s)
    for path in PAGES:
        assert admin.get(path).status_code == 200, path


def test_requests_from_the_future_are_counted_when_their_time_has_come(admin: Browser, house: House) -> None:
    _served(house, NOON - 60)
    _served(house, NOON + DAY_S)
    told: Any = admin.get("/api/admin/statistics?range=1h").json
    assert sum(step["requests"] for step in told["steps"]) == 1


def test_whoever_is_deleted_keeps_their_place_in_the_history(admin: Browser, house: House) -> None:
    house.joined("leaver")
    (leaver,) = [user for user in _users(admin) if user["name"] == "leaver"]
    _served(house, NOON - 60, principal_id=f"user:{leaver['id']}")
    assert admin.delete(f"/api/admin/users/{leaver['id']}").status_code == 204
    assert "leaver" not in [user["name"] for user in _users(admin)]
    told: Any = admin.get("/api/admin/statistics?range=1h").json
    assert [(one["name"], one["requests"]) for one in told["principals"]] == [("deleted account", 1)]
    assert "deleted account" in admin.get("/admin/statistics?range=1h").text


def _users(admin: Browser) -> list[Any]:
    told: Any = admin.get("/api/admin/users").json
    return list(told)
