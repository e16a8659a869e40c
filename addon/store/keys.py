"""API keys: made once, shown once, stored as prefix and digest.

Functions take a Session of `engine.changing_rules` (or `reading`, for the lists) and return rows.
"""

import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from addon.core import keys as core_keys
from addon.core.principal import DEFAULT_SCOPES, Scope
from addon.store.allowances import check_limits, check_models, check_priority, join_models
from addon.store.errors import StoreError
from addon.store.ids import parse_id
from addon.store.models import ApiKey, User

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}")
_LONGEST_NOTE = 200


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
    note: str = ""
    user_id: int | None = None


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


def check_note(note: str) -> str:
    """A remark on one line; raises StoreError for one that could not be shown safely."""
    if len(note) > _LONGEST_NOTE or not note.isprintable():
        raise StoreError(f"A note has at most {_LONGEST_NOTE} characters, all on one line.")
    return note


def check_key_scopes(scopes: frozenset[Scope], *, is_owned: bool) -> None:
    """Raises StoreError for no scope at all, and for one that no person's own key may have."""
    if not scopes:
        raise StoreError("A key without a scope may do nothing. Name at least one of infer, read, manage, admin.")
    if is_owned and not scopes <= DEFAULT_SCOPES:
        raise StoreError(
            "A person's own key may infer and read, no more. Leave the other scopes or the owner out."
        )


def add_key(session: Session, new: NewKey, now: float) -> tuple[ApiKey, str]:
    """Make a key; returns its row and its text, which is not stored and cannot be shown again.

    Raises StoreError for a name that is taken or malformed, a priority out of range, no scope at all, a limit
    below 1, a model that no request could name, an owner that is not there, or a scope that no owner has.
    """
    owner = _owner(session, new)
    check_name(new.name)
    check_priority(new.priority)
    check_key_scopes(new.scopes, is_owned=owner is not None)
    check_limits(new.max_waiting, new.max_running)
    check_models(new.models)
    if session.scalar(select(ApiKey).where(ApiKey.name == new.name)):
        raise StoreError(f"A key named {new.name!r} exists already. Choose another name.")
    api_key = _fresh_key()
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
        note=check_note(new.note),
        owner=owner,
    )
    session.add(row)
    session.flush()
    return row, api_key.text


def _owner(session: Session, new: NewKey) -> User | None:
    if new.user_id is None:
        return None
    owner = session.get(User, new.user_id)
    if owner is None:
        raise StoreError(f"There is no account {new.user_id} to own the key.")
    return owner


def list_keys(session: Session) -> Sequence[ApiKey]:
    """All keys, the oldest first."""
    return session.scalars(select(ApiKey).order_by(ApiKey.id)).all()


def keys_of(session: Session, user_id: int) -> Sequence[ApiKey]:
    """A person's own keys, the oldest first."""
    return session.scalars(select(ApiKey).where(ApiKey.user_id == user_id).order_by(ApiKey.id)).all()


def find_key(session: Session, id_or_name: str) -> ApiKey:
    """The key of this name or id. Raises StoreError when there is none."""
    row = session.scalar(select(ApiKey).where(ApiKey.name == id_or_name))
    if row is None and (row_id := parse_id(id_or_name)) is not None:
        row = session.get(ApiKey, row_id)
    if row is None:
        raise StoreError(f"There is no key {id_or_name!r}. `sluice key list` shows them.")
    return row


def revoke_key(session: Session, id_or_name: str, now: float) -> ApiKey:
    """End a key for good; revoking it again changes nothing. Raises StoreError when there is none."""
    row = find_key(session, id_or_name)
    if row.revoked_at is None:
        row.revoked_at = now
    return row


def rotate_key(session: Session, id_or_name: str, overlap_s: float, now: float) -> tuple[ApiKey, str]:
    """Give a key a new text; the old one counts for `overlap_s` longer, so that apps can change over.

    Raises StoreError when there is no such key, or it is revoked or expired.
    """
    row = find_key(session, id_or_name)
    if row.revoked_at is not None:
        raise StoreError(f"Key {row.name!r} is revoked. Make a new one.")
    if row.expires_at is not None and row.expires_at <= now:
        raise StoreError(f"Key {row.name!r} has expired. Make a new one.")
    if overlap_s < 0:
        raise StoreError("The old key cannot end in the past. Use 0 or more seconds.")
    api_key = _fresh_key()
    row.previous_prefix, row.previous_digest = row.prefix, row.digest
    row.previous_expires_at = now + overlap_s
    row.prefix, row.digest = api_key.prefix, api_key.digest
    session.flush()
    return row, api_key.text


def _fresh_key() -> core_keys.ApiKey:
    return core_keys.compose_key(secrets.token_bytes(core_keys.PREFIX_BYTES + core_keys.SECRET_BYTES))


def join_scopes(scopes: Iterable[Scope]) -> str:
    """How scopes are stored."""
    return ",".join(sorted(scopes))


def parse_scopes(stored: str) -> frozenset[Scope]:
    """The reverse of `join_scopes`; raises ValueError for a word that is no scope."""
    return frozenset(Scope(scope) for scope in stored.split(","))
