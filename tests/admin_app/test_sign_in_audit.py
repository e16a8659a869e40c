"""What the audit log has of people coming and going: who and from where, one row a deed, and nothing secret."""

import json

import pytest
from sqlalchemy import select

from addon.store.engine import reading
from addon.store.models import AuditRow, LoginSession
from addon.store.resets import add_reset
from addon.store.users import get_user
from tests.admin_app.house import PASSWORD, Browser, House
from tests.changing import changing_rules

HERE = "192.0.2.7"
BROWSER = "<script>alert(1)</script> \u202eBrowser"
FROM_HERE = {"X_Sluice_Address": HERE}
RIGHT = {"username": "ann", "password": PASSWORD}


def rows(house: House) -> list[AuditRow]:
    with reading(house.context.engine) as session:
        return list(session.scalars(select(AuditRow).order_by(AuditRow.id)))


def new_rows(house: House, seen: int) -> list[tuple[str, str, str, str | None]]:
    return [(row.action, row.actor_id, row.subject_id, row.address) for row in rows(house)[seen:]]


@pytest.fixture
def ann(house: House) -> Browser:
    return house.joined("ann")


def test_a_registration_is_an_account_and_a_session_made_by_an_invite(house: House, visitor: Browser) -> None:
    wish = RIGHT | {"token": house.invite()}
    visitor.post_json("/api/auth/register", wish, **FROM_HERE)
    assert new_rows(house, 1) == [
        ("user.add", "invite", "user:1", HERE),
        ("session.add", "invite", "user:1", HERE),
    ]


@pytest.mark.usefixtures("ann")
def test_a_sign_in_and_a_sign_out_are_one_row_each(house: House, visitor: Browser) -> None:
    seen = len(rows(house))
    visitor.post_json("/api/auth/login", RIGHT, **FROM_HERE)
    visitor.post_form("/logout", {}, **FROM_HERE)
    assert new_rows(house, seen) == [
        ("session.add", "user:1", "user:1", HERE),
        ("session.end", "user:1", "user:1", HERE),
    ]


@pytest.mark.usefixtures("ann")
def test_signing_in_again_ends_the_session_before(house: House, visitor: Browser) -> None:
    visitor.post_json("/api/auth/login", RIGHT)
    seen = len(rows(house))
    visitor.post_json("/api/auth/login", RIGHT)
    assert [action for action, *_ in new_rows(house, seen)] == ["session.end", "session.add"]


@pytest.mark.usefixtures("ann")
def test_a_failed_sign_in_changes_nothing_and_so_is_no_deed(house: House, visitor: Browser) -> None:
    seen = len(rows(house))
    visitor.post_json("/api/auth/login", RIGHT | {"password": "wrong wrong wrong"})
    assert new_rows(house, seen) == []


@pytest.mark.usefixtures("ann")
def test_a_password_chosen_by_link_is_told_as_such(house: House, visitor: Browser) -> None:
    with changing_rules(house.context.engine) as session:
        token = add_reset(session, get_user(session, "ann"), house.clock())[1]
    seen = len(rows(house))
    wish = {"token": token, "password": "a new password of mine"}
    visitor.post_json("/api/auth/reset", wish, **FROM_HERE)
    assert sorted(new_rows(house, seen)) == [
        ("session.end", "reset", "user:1", HERE),
        ("user.password", "reset", "user:1", HERE),
    ]


def test_no_row_has_a_session_or_a_password_and_browsers_names_are_inert(house: House, visitor: Browser) -> None:
    wish = RIGHT | {"token": house.invite()}
    visitor.post_json("/api/auth/register", wish, User_Agent=BROWSER)
    with reading(house.context.engine) as session:
        sessions = list(session.scalars(select(LoginSession)))
    told = json.dumps([[row.subject_id, row.before, row.after] for row in rows(house)])
    assert not any(row.id in told for row in sessions)
    assert "password" not in told
    page = house.joined("root", is_admin=True).get("/admin/audit").text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert "\u202e" not in page
