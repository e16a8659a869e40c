"""One's own API keys, where the administrator allows it: no more than their owner may, and infer and read only."""

from addon.store.engine import Actor, Session, changing_rules, reading
from addon.store.keys import NewKey, keys_of
from addon.store.models import User
from admin_app.actions import keys
from admin_app.actions.last_use import key_shapes
from admin_app.context import WebContext
from admin_app.errors import InputError, NotAllowedError, UnknownError
from admin_app.fields import Fields
from admin_app.shapes import Shape, key_state

_MOST_KEYS = 20


def may_make(context: WebContext, user_id: int) -> bool:
    """Whether this person may make keys; administrators may anyway."""
    with reading(context.engine) as session:
        return _may_make(session.get(User, user_id))


def listed(context: WebContext, user_id: int) -> list[Shape]:
    """The person's keys, the oldest first."""
    with reading(context.engine) as session:
        return key_shapes(session, keys_of(session, user_id), context.now())


def shown(context: WebContext, user_id: int, key_id: int) -> Shape:
    """One of them. Raises UnknownError."""
    with reading(context.engine) as session:
        _check_own(session, user_id, key_id)
    return keys.shown(context, key_id)


def add(context: WebContext, by: Actor, user_id: int, fields: Fields) -> Shape:
    """Make a key; only this answer holds its text, as `key`. Raises InputError or StoreError."""
    fields.only("name", "note", "expires_s")
    now = context.now()
    new = NewKey(
        name=fields.needed_text("name"),
        expires_at=keys.expiry_of(fields, now),
        note=fields.text("note") or "",
        user_id=user_id,
    )
    with changing_rules(context.engine, by, now) as session:
        _check_may_make(session, user_id)
        _check_room(session, user_id, now)
        return keys.made(session, new, now)


def rotate(context: WebContext, by: Actor, user_id: int, key_id: int, fields: Fields) -> Shape:
    """Give a key of one's own a new text, as `keys.rotate` does. Raises InputError or StoreError."""
    with reading(context.engine) as session:
        _check_own(session, user_id, key_id)
        _check_may_make(session, user_id)
    return keys.rotate(context, by, key_id, fields)


def revoke(context: WebContext, by: Actor, user_id: int, key_id: int) -> None:
    """End a key of one's own for good. Raises UnknownError."""
    with reading(context.engine) as session:
        _check_own(session, user_id, key_id)
    keys.revoke(context, by, key_id)


def _check_own(session: Session, user_id: int, key_id: int) -> None:
    # A key never changes hands, so this holds for the change that follows.
    if key_id not in {key.id for key in keys_of(session, user_id)}:
        raise UnknownError(f"You have no key {key_id}.")


def _check_may_make(session: Session, user_id: int) -> None:
    if not _may_make(session.get(User, user_id)):
        raise NotAllowedError("Your account may not make API keys. Ask the administrator.")


def _may_make(user: User | None) -> bool:
    return user is not None and (user.is_admin or user.may_make_keys)


def _check_room(session: Session, user_id: int, now: float) -> None:
    living = [key for key in keys_of(session, user_id) if key_state(key, now) == "active"]
    if len(living) >= _MOST_KEYS:
        raise InputError(f"You have {_MOST_KEYS} keys, the most a person may have. Revoke one first.")
