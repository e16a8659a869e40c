"""Accounts and their sessions."""

import re
import secrets
from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from addon.store.errors import StoreError
from addon.store.invites import consume_invite
from addon.store.models import LoginSession, User

_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")


class NameTakenError(StoreError):
    """Somebody has this name; the invite was not used."""


def check_user_name(name: str) -> str:
    """A name for an account. Raises StoreError for one that could not be shown safely everywhere."""
    if not _NAME.fullmatch(name):
        raise StoreError("A user name has 1 to 64 letters, digits, dots, dashes and underscores.")
    return name


def register(session: Session, name: str, password_hash: bytes, token: str, now: float) -> User:
    """Use an invite and make the account, both or neither.

    Raises NameTakenError (the invite stays usable) and StoreError (name malformed, invite not valid).
    """
    check_user_name(name)
    invite = consume_invite(session, token, now)
    if session.scalar(select(User.id).where(User.name_key == name.lower())):
        raise NameTakenError(f"The name {name!r} is taken. Choose another one; the link stays valid.")
    user = User(
        name=name,
        name_key=name.lower(),
        password_hash=password_hash,
        is_admin=invite.is_admin,
        created_at=now,
        disabled_at=None,
    )
    session.add(user)
    session.flush()
    return user


def find_user(session: Session, name: str) -> User | None:
    """The account of this name, whatever its case; None for a text that can be no name."""
    # What people type can hold half a surrogate pair, which no statement can carry.
    if not _NAME.fullmatch(name):
        return None
    return session.scalar(select(User).where(User.name_key == name.lower()))


def list_users(session: Session) -> Sequence[User]:
    """All accounts, the oldest first."""
    return session.scalars(select(User).order_by(User.id)).all()


def start_session(session: Session, user: User, now: float, lifetime_s: float) -> LoginSession:
    """Sign a user in."""
    row = LoginSession(
        id=secrets.token_urlsafe(18),
        user_id=user.id,
        created_at=now,
        expires_at=now + lifetime_s,
        ended_at=None,
    )
    session.add(row)
    session.flush()
    return row


def find_session(session: Session, session_id: str, now: float) -> LoginSession | None:
    """A session that still counts: not ended, not expired, its user not disabled."""
    row = session.get(LoginSession, session_id)
    if row is None or row.ended_at is not None or row.expires_at <= now or row.user.disabled_at is not None:
        return None
    return row


def end_session(session: Session, session_id: str, now: float) -> None:
    """Sign out; ending an ended or unknown session changes nothing."""
    session.execute(
        update(LoginSession)
        .where(LoginSession.id == session_id, LoginSession.ended_at.is_(None))
        .values(ended_at=now)
    )
