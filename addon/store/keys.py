"""API keys: made once, shown once, stored as prefix and digest.

Functions take a Session of `engine.changing_rules` (or `reading`, for the lists) and return rows.
"""

import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from addon.core.keys import PREFIX_BYTES, SECRET_BYTES, compose_key
from addon.core.principal import DEFAULT_SCOPES, PRIORITIES, Scope
from addon.store.errors import StoreError
from addon.store.ids import parse_id
from addon.store.models import ApiKey

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}")


@dataclass(frozen=True, slots=True)
class NewKey:
    """What a new key is to be. None means: the class's own priority, every model, the general limits."""

    name: str
    priority: int | None = None
    scopes: frozenset[Scope] = DEFAULT_SCOPES
    models: tuple[str, ...] | None = None
    expires_at: float | None = None
    max_waiting: int | None = None
    max_running: int | None = None
    early_json: bool = False


def check_name(name: str) -> str:
    """A name for a key or an allow-list rule; raises StoreError for one that could not be shown safely.

    Neither may it be a number, which commands would take for an id.
    """
    if name.isdecimal():
        raise StoreError(f"{name!r} cannot be a name: a number is taken for an id. Add a letter.")
    if not _NAME.fullmatch(name):
        raise StoreError(
            f"{name!r} cannot be a name. Use up to 64 letters, digits, spaces, dots, dashes and underscores."
        )
    return name


def check_priority(priority: int) -> int:
    """A base priority; raises StoreError outside 0 to 9."""
    if priority not in PRIORITIES:
        raise StoreError(f"Priority {priority} is out of range. Use a whole number from 0 (soonest) to 9.")
    return priority


def add_key(session: Session, new: NewKey, now: float) -> tuple[ApiKey, str]:
    """Make a key; returns its row and its text, which is not stored and cannot be shown again.

    Raises StoreError for a name that is taken or malformed, a priority out of range, no scope at all, a limit
    below 1, or a model that no request could name.
    """
    check_name(new.name)
    if new.priority is not None:
        check_priority(new.priority)
    if not new.scopes:
        raise StoreError("A key without a scope may do nothing. Name at least one of infer, read, manage, admin.")
    for limit in (new.max_waiting, new.max_running):
        if limit is not None and limit < 1:
            raise StoreError(f"A limit of {limit} would shut the key out. Use 1 or more, or revoke the key.")
    for model in new.models or ():
        _check_model(model)
    if session.scalar(select(ApiKey).where(ApiKey.name == new.name)):
        raise StoreError(f"A key named {new.name!r} exists already. Choose another name.")
    api_key = compose_key(secrets.token_bytes(PREFIX_BYTES + SECRET_BYTES))
    row = ApiKey(
        name=new.name,
        prefix=api_key.prefix,
        digest=api_key.digest,
        priority=new.priority,
        scopes=join_scopes(new.scopes),
        models=join_models(new.models),
        max_waiting=new.max_waiting,
        max_running=new.max_running,
        early_json=new.early_json,
        created_at=now,
        expires_at=new.expires_at,
        revoked_at=None,
    )
    session.add(row)
    session.flush()
    return row, api_key.text


def _check_model(name: str) -> None:
    # Names are stored with commas between them.
    if "," in name or not name.isprintable():
        raise StoreError(f"{name!r} cannot be a model's name. Send one name each, without commas.")


def list_keys(session: Session) -> Sequence[ApiKey]:
    """All keys, the oldest first."""
    return session.scalars(select(ApiKey).order_by(ApiKey.id)).all()


def revoke_key(session: Session, id_or_name: str, now: float) -> ApiKey:
    """End a key for good; revoking it again changes nothing. Raises StoreError when there is none."""
    row = session.scalar(select(ApiKey).where(ApiKey.name == id_or_name))
    if row is None and (row_id := parse_id(id_or_name)) is not None:
        row = session.get(ApiKey, row_id)
    if row is None:
        raise StoreError(f"There is no key {id_or_name!r}. `sluice key list` shows them.")
    if row.revoked_at is None:
        row.revoked_at = now
    return row


def join_scopes(scopes: Iterable[Scope]) -> str:
    """How scopes are stored."""
    return ",".join(sorted(scopes))


def parse_scopes(stored: str) -> frozenset[Scope]:
    """The reverse of `join_scopes`; raises ValueError for a word that is no scope."""
    return frozenset(Scope(scope) for scope in stored.split(","))


def join_models(models: Iterable[str] | None) -> str | None:
    """How a list of models is stored; an empty list means every model, as no list does."""
    names = [name.strip() for name in models or () if name.strip()]
    return ",".join(names) or None


def split_models(stored: str | None) -> frozenset[str] | None:
    """The reverse of `join_models`."""
    return None if stored is None else frozenset(stored.split(","))
