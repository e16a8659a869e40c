"""API keys: made, listed, rotated, revoked. The text of a key is in one answer and nowhere else."""

from dataclasses import replace

from addon.store.amending import change_key, stored_key
from addon.store.engine import Actor, Session, changing_rules, reading
from addon.store.keys import NewKey, add_key, list_keys, revoke_key, rotate_key
from addon.store.models import ApiKey
from admin_app.actions.last_use import key_shapes
from admin_app.allowance_fields import limits_of, models_of, priority_of, what_it_may
from admin_app.context import WebContext
from admin_app.errors import TakenError
from admin_app.fields import Fields
from admin_app.rows import row_of
from admin_app.scopes import scopes_of
from admin_app.shapes import Shape

_LONGEST_LIFETIME_S = 10 * 366 * 24 * 3600
_LONGEST_OVERLAP_S = 30 * 24 * 3600
_DEFAULT_OVERLAP_S = 24 * 3600
_FIELDS = (
    *("name", "note", "user_id", "priority", "scopes", "models"),
    *("expires_s", "max_waiting", "max_running", "early_json"),
)

_CHANGEABLE = tuple(name for name in _FIELDS if name not in {"name", "user_id"})


def listed(context: WebContext) -> list[Shape]:
    """All keys, the oldest first."""
    now = context.now()
    with reading(context.engine) as session:
        return key_shapes(session, list_keys(session), now)


def shown(context: WebContext, key_id: int) -> Shape:
    """One key. Raises UnknownError."""
    with reading(context.engine) as session:
        return _shape(session, row_of(session, ApiKey, key_id, "key"), context.now())


def add(context: WebContext, by: Actor, fields: Fields) -> Shape:
    """Make a key; only this answer holds its text, as `key`. Raises InputError or StoreError."""
    now = context.now()
    new = _new_key(fields, now)
    with changing_rules(context.engine, by, now) as session:
        return made(session, new, now)


def made(session: Session, new: NewKey, now: float) -> Shape:
    """A new key's shape with its text, as `key`. Raises TakenError or StoreError."""
    if any(row.name == new.name for row in list_keys(session)):
        raise TakenError(f"A key named {new.name!r} exists already. Choose another name.")
    row, text = add_key(session, new, now)
    return _shape(session, row, now) | {"key": text}


def expiry_of(fields: Fields, now: float) -> float | None:
    """When a key that is made now ends, by the field `expires_s`; None for never. Raises InputError."""
    lifetime_s = fields.whole("expires_s", 1, _LONGEST_LIFETIME_S)
    return None if lifetime_s is None else now + lifetime_s


def change(context: WebContext, by: Actor, key_id: int, fields: Fields) -> Shape:
    """Change what was sent of what a key may do; the rest stays. Raises InputError or StoreError."""
    fields.only(*_CHANGEABLE)
    now = context.now()
    with changing_rules(context.engine, by, now) as session:
        row = row_of(session, ApiKey, key_id, "key")
        present = stored_key(row)
        wish = replace(
            present,
            models=models_of(fields) if fields.has("models") else present.models,
            expires_at=expiry_of(fields, now) if fields.has("expires_s") else present.expires_at,
            **what_it_may(fields, present),
        )
        return _shape(session, change_key(row, wish), now)


def rotate(context: WebContext, by: Actor, key_id: int, fields: Fields) -> Shape:
    """Give a key a new text, as `key` in this answer alone; the old one counts for `overlap_s` longer (a day).

    Raises InputError or StoreError.
    """
    overlap_s = fields.only("overlap_s").whole("overlap_s", 0, _LONGEST_OVERLAP_S)
    now = context.now()
    with changing_rules(context.engine, by, now) as session:
        row_of(session, ApiKey, key_id, "key")
        row, text = rotate_key(session, str(key_id), _DEFAULT_OVERLAP_S if overlap_s is None else overlap_s, now)
        return _shape(session, row, now) | {"key": text}


def revoke(context: WebContext, by: Actor, key_id: int) -> None:
    """End a key for good. Raises UnknownError."""
    with changing_rules(context.engine, by, context.now()) as session:
        row_of(session, ApiKey, key_id, "key")
        revoke_key(session, str(key_id), context.now())


def _shape(session: Session, row: ApiKey, now: float) -> Shape:
    return key_shapes(session, [row], now)[0]


def _new_key(fields: Fields, now: float) -> NewKey:
    fields.only(*_FIELDS)
    return NewKey(
        name=fields.needed_text("name"),
        priority=priority_of(fields),
        scopes=scopes_of(fields),
        models=models_of(fields),
        expires_at=expiry_of(fields, now),
        early_json=fields.flag("early_json"),
        note=fields.text("note") or "",
        user_id=fields.whole("user_id", 1),
        **limits_of(fields),
    )
