"""One's own account: what was used, and where somebody is signed in."""

import hashlib
from dataclasses import asdict

from addon.store.engine import Actor, Session, changing_rules, reading
from addon.store.keys import keys_of
from addon.store.models import LoginSession
from addon.store.sessions import end_session, end_sessions, live_sessions
from addon.store.usage import usage_by_day
from admin_app.context import WebContext
from admin_app.errors import UnknownError
from admin_app.shapes import Shape

_HANDLE_LETTERS = 16


def usage(context: WebContext, user_id: int) -> list[Shape]:
    """The person's use and that of their own keys, day by day, the oldest first."""
    with reading(context.engine) as session:
        principals = [f"user:{user_id}", *(f"key:{key.id}" for key in keys_of(session, user_id))]
        return [asdict(day) for day in usage_by_day(session, principals, context.now())]


def sessions(context: WebContext, user_id: int, present: str) -> list[Shape]:
    """Where somebody is signed in, the newest first; `is_present` says which session, by its id, asks."""
    with reading(context.engine) as session:
        return [_shape(row, present) for row in live_sessions(session, user_id, context.now())]


def end(context: WebContext, by: Actor, user_id: int, handle: str) -> str:
    """End one session of one's own and return its id. Raises UnknownError."""
    with changing_rules(context.engine, by, context.now()) as session:
        row = _by_handle(session, user_id, handle, context.now())
        end_session(session, row.id, context.now())
        return row.id


def end_all(context: WebContext, by: Actor, user_id: int) -> None:
    """Sign out everywhere, here too."""
    with changing_rules(context.engine, by, context.now()) as session:
        end_sessions(session, user_id, context.now())


def _by_handle(session: Session, user_id: int, handle: str, now: float) -> LoginSession:
    for row in live_sessions(session, user_id, now):
        if _handle(row.id) == handle:
            return row
    raise UnknownError("There is no such session. Perhaps it has just ended.")


def _handle(session_id: str) -> str:
    # A page that showed the id itself would tell half of what the CSRF token is made of.
    return hashlib.sha256(session_id.encode()).hexdigest()[:_HANDLE_LETTERS]


def _shape(row: LoginSession, present: str) -> Shape:
    return {
        "handle": _handle(row.id),
        "started_at": row.created_at,
        "expires_at": row.expires_at,
        "address": row.address,
        "browser": row.user_agent,
        "is_present": row.id == present,
    }
