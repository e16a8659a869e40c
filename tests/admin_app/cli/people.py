"""Accounts, made as their owners would make them: with an invite."""

import time

from addon.store.allowances import Allowance
from addon.store.engine import Engine, reading
from addon.store.invites import NewInvite, add_invite
from addon.store.models import User
from addon.store.sessions import live_sessions, start_session
from addon.store.users import get_user, register
from tests.changing import changing_rules

_NOTHING = Allowance()


def make_user(engine: Engine, name: str, allowance: Allowance = _NOTHING, *, is_admin: bool = False) -> User:
    now = time.time()
    with changing_rules(engine) as session:
        _, token = add_invite(session, NewInvite(1, 60, is_admin, allowance), now)
        return register(session, name, b"hash", token, now)


def sign_in(engine: Engine, name: str) -> None:
    now = time.time()
    with changing_rules(engine) as session:
        start_session(session, get_user(session, name), now, 3600)


def sessions_of(engine: Engine, name: str) -> int:
    """How many sessions of this person count."""
    with reading(engine) as session:
        return len(live_sessions(session, get_user(session, name).id, time.time()))
