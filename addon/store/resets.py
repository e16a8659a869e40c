"""One-time links by which somebody chooses a new password.

Promise: a link counts once and for a day; making one ends the earlier ones of the same person; using it ends all
their sessions.
"""

import secrets
from typing import cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from addon.store.errors import StoreError
from addon.store.invites import token_digest
from addon.store.models import PasswordReset, User
from addon.store.users import set_password

RESET_LIFETIME_S = 24 * 3600
_TOKEN_BYTES = 24


def add_reset(session: Session, user: User, now: float) -> tuple[PasswordReset, str]:
    """Make a link for this person; returns its row and its token, which is not stored."""
    earlier = update(PasswordReset).where(PasswordReset.user_id == user.id, PasswordReset.used_at.is_(None))
    session.execute(earlier.values(used_at=now))
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    row = PasswordReset(
        digest=token_digest(token),
        user_id=user.id,
        created_at=now,
        expires_at=now + RESET_LIFETIME_S,
        used_at=None,
        user=user,
    )
    session.add(row)
    session.flush()
    return row, token


def use_reset(session: Session, token: str, password_hash: bytes, now: float) -> User:
    """Set the new password. Raises StoreError when the link is unknown, used or over, or the account is off."""
    digest = token_digest(token)
    took = cast(
        "CursorResult[()]",
        session.execute(
            update(PasswordReset)
            .where(PasswordReset.digest == digest, PasswordReset.used_at.is_(None), PasswordReset.expires_at > now)
            .values(used_at=now)
        ),
    )
    user = session.scalar(
        select(User).join(PasswordReset, PasswordReset.user_id == User.id).where(PasswordReset.digest == digest)
    )
    if took.rowcount != 1 or user is None or user.disabled_at is not None:
        raise StoreError("This link is not valid any more. Ask the administrator for a new one.")
    set_password(session, user, password_hash, now)
    return user
