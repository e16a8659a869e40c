"""API keys: made, listed, revoked. The text of a key is in one answer and nowhere else."""

from addon.store.engine import Actor, changing_rules, reading
from addon.store.journal import last_uses
from addon.store.keys import NewKey, add_key, list_keys, revoke_key
from admin_app.context import WebContext
from admin_app.errors import InputError, TakenError, UnknownError
from admin_app.fields import Fields
from admin_app.scopes import scopes_of
from admin_app.shapes import Shape, key_shape

_LONGEST_LIFETIME_S = 10 * 366 * 24 * 3600
_MOST_AT_ONCE = 1_000_000


def listed(context: WebContext) -> list[Shape]:
    """All keys, the oldest first."""
    now = context.now()
    with reading(context.engine) as session:
        uses = last_uses(session)
        rows = list_keys(session)
    used_at = {row.id: uses[f"key:{row.id}"].used_at for row in rows if f"key:{row.id}" in uses}
    return [key_shape(row, now) | {"last_used_at": used_at.get(row.id)} for row in rows]


def add(context: WebContext, by: Actor, fields: Fields) -> Shape:
    """Make a key; only this answer holds its text, as `key`. Raises InputError or StoreError."""
    now = context.now()
    new = _new_key(fields, now)
    with changing_rules(context.engine, by, context.now()) as session:
        if any(row.name == new.name for row in list_keys(session)):
            raise TakenError(f"A key named {new.name!r} exists already. Choose another name.")
        row, text = add_key(session, new, now)
        return key_shape(row, now) | {"key": text}


def revoke(context: WebContext, by: Actor, key_id: int) -> None:
    """End a key for good. Raises UnknownError."""
    with changing_rules(context.engine, by, context.now()) as session:
        if all(row.id != key_id for row in list_keys(session)):
            raise UnknownError(f"There is no key {key_id}.")
        revoke_key(session, str(key_id), context.now())


def _new_key(fields: Fields, now: float) -> NewKey:
    fields.only("name", "priority", "scopes", "models", "expires_s", "max_waiting", "max_running", "early_json")
    lifetime_s = fields.whole("expires_s", 1, _LONGEST_LIFETIME_S)
    return NewKey(
        name=fields.needed_text("name"),
        priority=fields.whole("priority", 0, 9),
        scopes=scopes_of(fields),
        models=_models(fields.texts("models")),
        expires_at=None if lifetime_s is None else now + lifetime_s,
        max_waiting=fields.whole("max_waiting", 1, _MOST_AT_ONCE),
        max_running=fields.whole("max_running", 1, _MOST_AT_ONCE),
        early_json=fields.flag("early_json"),
    )


def _models(named: tuple[str, ...] | None) -> tuple[str, ...] | None:
    # To the store no name means every model: the opposite of what an empty list here was meant to say.
    if named is not None and not any(name.strip() for name in named):
        raise InputError("models names no model, so the key could ask none. Leave it out for every model.")
    return named
