"""Signed-in sessions: rows that make a signed token count, and end it everywhere when they end."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, delete, or_, select
from sqlalchemy.orm import Session

from addon.store.models import LoginSession, User

_KEPT_S = 30 * 24 * 3600
_LONGEST_USER_AGENT = 200


@dataclass(frozen=True, slots=True)
class SignedInFrom:
    """Where somebody signs in: address (None when unknown) and what their browser calls itself."""

    address: str | None = None
    user_agent: str = ""


def start_session(
    session: Session,
    user: User,
    now: float,
    lifetime_s: float,
    origin: SignedInFrom = SignedInFrom(),
    parent: LoginSession | None = None,
) -> LoginSession:
    """Sign a user in. A session with a parent ends with it."""
    printable = "".join(letter for letter in origin.user_agent if letter.isprintable())
    row = LoginSession(
        id=secrets.token_urlsafe(18),
        user_id=user.id,
        created_at=now,
        expires_at=now + lifetime_s,
        ended_at=None,
        parent_id=None if parent is None else parent.id,
        address=origin.address,
        user_agent=printable[:_LONGEST_USER_AGENT],
        user=user,
    )
    session.add(row)
    session.flush()
    return row


def live_sessions(session: Session, user_id: int, now: float) -> Sequence[LoginSession]:
    """A user's sessions that still count, without those that hang on another one; the newest first."""
    return session.scalars(
        _live(user_id, now).where(LoginSession.parent_id.is_(None)).order_by(LoginSession.created_at.desc())
    ).all()


def end_session(session: Session, session_id: str, now: float) -> None:
    """Sign out; ending an ended or unknown session changes nothing."""
    family = select(LoginSession).where(
        or_(LoginSession.id == session_id, LoginSession.parent_id == session_id), LoginSession.ended_at.is_(None)
    )
    for row in session.scalars(family).all():
        row.ended_at = now


def end_sessions(session: Session, user_id: int, now: float, *, keep: str | None = None) -> int:
    """Sign a user out everywhere but from the session to `keep`; returns how many sessions ended."""
    # A browser's session has no parent, so None must not be looked for.
    kept = {keep} - {None}
    rows = [row for row in session.scalars(_live(user_id, now)).all() if kept.isdisjoint((row.id, row.parent_id))]
    for row in rows:
        row.ended_at = now
    return len(rows)


def purge_sessions(session: Session, now: float) -> None:
    """Forget sessions that have not counted for 30 days."""
    over = or_(LoginSession.expires_at < now - _KEPT_S, LoginSession.ended_at < now - _KEPT_S)
    session.execute(delete(LoginSession).where(over))


def _live(user_id: int, now: float) -> Select[LoginSession]:
    return select(LoginSession).where(
        LoginSession.user_id == user_id, LoginSession.ended_at.is_(None), LoginSession.expires_at > now
    )
