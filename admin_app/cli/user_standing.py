"""`sluice user disable`, `enable`, `promote`, `demote` and `sign-out`: somebody's standing, in force at once."""

import time
from collections.abc import Callable
from functools import partial

import click

from addon.store.engine import Session
from addon.store.models import User
from addon.store.sessions import end_sessions
from addon.store.users import disable_user, enable_user, get_user, set_role
from admin_app.actions.glances import with_glances
from admin_app.cli.leaf import Answer, leaf
from admin_app.cli.opening import House, open_house

type Deed = Callable[[Session, User, float], object]


@click.command("disable")
@click.argument("id_or_name")
@leaf(open_house)
def disable(house: House, id_or_name: str) -> Answer:
    """Switch an account off, with its sessions and keys."""
    return _done(house, id_or_name, disable_user, "is disabled. Its sessions have ended, and its keys rest")


@click.command("enable")
@click.argument("id_or_name")
@leaf(open_house)
def enable(house: House, id_or_name: str) -> Answer:
    """Switch an account on again."""
    return _done(house, id_or_name, lambda _, row, __: enable_user(row), "is enabled. Its keys count again")


@click.command("promote")
@click.argument("id_or_name")
@leaf(open_house)
def promote(house: House, id_or_name: str) -> Answer:
    """Make somebody an administrator."""
    return _done(
        house, id_or_name, partial(set_role, is_admin=True), "is an administrator, after signing in again"
    )


@click.command("demote")
@click.argument("id_or_name")
@leaf(open_house)
def demote(house: House, id_or_name: str) -> Answer:
    """Take the administration from somebody."""
    return _done(
        house, id_or_name, partial(set_role, is_admin=False), "is no administrator, and has to sign in again"
    )


@click.command("sign-out")
@click.argument("id_or_name")
@leaf(open_house)
def sign_out(house: House, id_or_name: str) -> Answer:
    """End all sessions of an account."""
    now = time.time()
    with house.changing(now) as session:
        row = get_user(session, id_or_name)
        ended = end_sessions(session, row.id, now)
        (document,) = with_glances(session, [row], now)
    sessions = "1 session" if ended == 1 else f"{ended} sessions"
    return Answer({**document, "ended": ended}, f"Account {row.id} ({row.name}) is signed out: {sessions} ended.")


def _done(house: House, id_or_name: str, deed: Deed, what_is_true: str) -> Answer:
    now = time.time()
    with house.changing(now) as session:
        row = get_user(session, id_or_name)
        deed(session, row, now)
        (document,) = with_glances(session, [row], now)
    return Answer(document, f"Account {row.id} ({row.name}) {what_is_true}.")
