"""The audit log: every change of the rules, who made it, from where, before and after.

Promise: nobody has to remember to write it. Whatever a session of `engine.changing_rules` inserts, changes or
deletes is noted in the same transaction, so a change without its row, or a row without its change, cannot be.
Secrets never appear: digests and password hashes are left out, and only that they changed is said.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import event, insert, inspect
from sqlalchemy.orm import Session, UOWTransaction

from addon.store.models import AddressRule, ApiKey, AuditRow, Base, Invite, LoginSession, PasswordReset, User

type Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a principal's id (`user:2`, `key:7`) or `terminal`, a name for people, the address if known."""

    id: str
    name: str
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing done: `action` as in `key.revoke`, its subject, and what it changed."""

    action: str
    subject_id: str
    subject: str
    before: Values | None = None
    after: Values | None = None


_NOUNS: Mapping[type[Base], str] = {
    ApiKey: "key",
    AddressRule: "address",
    User: "user",
    Invite: "invite",
    LoginSession: "session",
    PasswordReset: "reset",
}
# The first change found says what was done; the second word is for a value taken back.
_VERBS = (
    ("key", "revoked_at", "revoke", "restore"),
    ("key", "digest", "rotate", "rotate"),
    ("address", "is_enabled", "enable", "disable"),
    ("user", "disabled_at", "disable", "enable"),
    ("user", "is_admin", "promote", "demote"),
    ("user", "password_hash", "password", "password"),
    ("invite", "revoked_at", "revoke", "restore"),
    ("session", "ended_at", "end", "restore"),
    ("reset", "used_at", "use", "restore"),
)
_SECRETS = frozenset({"digest", "previous_digest", "password_hash"})
# A session's id is no secret by itself, but nobody needs it here.
_UNTOLD = _SECRETS | {"id", "parent_id"}


def record(session: Session, by: Actor, deed: Deed, now: float) -> None:
    """Append one row; the caller commits."""
    session.execute(
        insert(AuditRow).values(
            at=now,
            actor_id=by.id,
            actor=by.name,
            address=by.address,
            action=deed.action,
            subject_id=deed.subject_id,
            subject=deed.subject,
            before=_as_json(deed.before),
            after=_as_json(deed.after),
        )
    )


def record_changes(session: Session, by: Actor, now: float) -> None:
    """From now on, note everything that this session changes."""

    def note(flushed: Session, _context: UOWTransaction) -> None:
        for deed in list(_deeds(flushed)):
            record(flushed, by, deed, now)

    event.listen(session, "after_flush", note)


def _deeds(session: Session) -> Iterator[Deed]:
    for row in session.new:
        if _is_told(row):
            yield _deed(row, "add", None, {name: value for name, value in _told(row).items() if value is not None})
    for row in session.deleted:
        if _is_told(row):
            yield _deed(row, "remove", _told(row), None)
    for row in session.dirty:
        if _is_told(row) and (changes := _changes(row)):
            yield _deed(row, _verb(row, changes), *_before_and_after(changes))


def _is_told(row: object) -> bool:
    # The short session of a program begins and ends with its browser's: one sign-in is one deed.
    return type(row) in _NOUNS and not (isinstance(row, LoginSession) and row.parent_id is not None)


def _deed(row: Base, verb: str, before: Values | None, after: Values | None) -> Deed:
    noun = _NOUNS[type(row)]
    # A session or a reset is told as what happened to its user.
    about = row.user if isinstance(row, LoginSession | PasswordReset) else row
    return Deed(f"{noun}.{verb}", subject_id(about), _name(about), before, after)


def subject_id(row: Base) -> str:
    """How journal and audit log name a row: the id of its principal, where it speaks for one."""
    kind = {"address": "rule", "session": "user", "reset": "user"}.get(_NOUNS[type(row)], _NOUNS[type(row)])
    if isinstance(row, LoginSession | PasswordReset):
        return f"{kind}:{row.user_id}"
    return f"{kind}:{inspect(row).mapper.primary_key_from_instance(row)[0]}"


def _name(row: Base) -> str:
    match row:
        case ApiKey() | User():
            return row.name
        case AddressRule():
            return row.cidr
        case Invite():
            return row.note
        case _:
            return ""


def _told(row: Base) -> dict[str, object]:
    return {
        column.key: getattr(row, column.key)
        for column in inspect(row).mapper.column_attrs
        if column.key not in _UNTOLD
    }


def _changes(row: Base) -> dict[str, tuple[object, object]]:
    found: dict[str, tuple[object, object]] = {}
    for column in inspect(row).mapper.column_attrs:
        history = inspect(row).attrs[column.key].history
        if history.has_changes():
            found[column.key] = (next(iter(history.deleted or ()), None), next(iter(history.added or ()), None))
    return found


def _verb(row: Base, changes: Mapping[str, tuple[object, object]]) -> str:
    noun = _NOUNS[type(row)]
    for about, column, verb, taken_back in _VERBS:
        if about == noun and column in changes:
            return verb if changes[column][1] else taken_back
    return "change"


def _before_and_after(changes: Mapping[str, tuple[object, object]]) -> tuple[Values, Values]:
    told = {name: change for name, change in changes.items() if name not in _UNTOLD}
    return (
        {name: before for name, (before, _) in told.items()},
        {name: after for name, (_, after) in told.items()},
    )


def _as_json(values: Values | None) -> str | None:
    return None if not values else json.dumps(values, ensure_ascii=False)
