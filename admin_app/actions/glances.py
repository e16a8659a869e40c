"""Accounts as administrators see them, in the browser and at the terminal."""

from collections.abc import Sequence

from addon.store.engine import Session
from addon.store.models import User
from addon.store.people import Glance, glances
from admin_app.days import today
from admin_app.shapes import Shape, user_shape

_UNSEEN = Glance(None, None, 0, 0)


def with_glances(session: Session, rows: Sequence[User], now: float) -> list[Shape]:
    """Each account with when and from where it was last seen, its requests of today, and its living keys."""
    known = glances(session, today(now))
    return [user_shape(row) | _glance(known.get(row.id, _UNSEEN)) for row in rows]


def _glance(known: Glance) -> Shape:
    return {
        "last_seen_at": known.seen_at,
        "last_seen_from": known.seen_from,
        "requests_today": known.requests,
        "keys": known.keys,
    }
