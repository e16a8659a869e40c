"""Accounts: made with an invite, switched off and on, given and refused the administration, removed.

Promise: an administrator always remains. Whatever takes away somebody's standing (a new password, another role,
switching off) ends their sessions in the same transaction.
"""

import re
import unicodedata
from collections.abc import Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from addon.store.allowances import Allowance, check_allowance, join_models
from addon.store.errors import StoreError
from addon.store.ids import parse_id
from addon.store.invites import administrators, consume_invite
from addon.store.models import ApiKey, JournalRow, LastUse, UsageRollUp, User
from addon.store.sessions import end_sessions

_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
_GONE = "deleted account"


class NameTakenError(StoreError):
    """Somebody has this name; the invite was not used."""


class LastAdministratorError(StoreError):
    """Nobody would be left to administer."""


def check_user_name(name: str) -> str:
    """A name for an account, in its compatible form. Raises StoreError for one that could not be shown safely."""
    # Full-width letters and the like become the ones everybody types (NFKC).
    plain = unicodedata.normalize("NFKC", name[:256])
    if not _NAME.fullmatch(plain):
        raise StoreError("A user name has 1 to 64 letters, digits, dots, dashes and underscores.")
    return plain


def register(session: Session, name: str, password_hash: bytes, token: str, now: float) -> User:
    """Use an invite and make the account, both or neither; it may do what the invite says.

    Raises NameTakenError (the invite stays usable) and StoreError (name malformed, invite not valid).
    """
    name = check_user_name(name)
    invite = consume_invite(session, token, now)
    if session.scalar(select(User.id).where(User.name_key == name.lower())):
        raise NameTakenError(f"The name {name!r} is taken. Choose another one; the link stays valid.")
    user = User(
        name=name,
        name_key=name.lower(),
        password_hash=password_hash,
        is_admin=invite.is_admin,
        created_at=now,
        disabled_at=None,
        priority=invite.priority,
        models=invite.models,
        max_waiting=invite.max_waiting,
        max_running=invite.max_running,
        may_make_keys=invite.may_make_keys,
        invite_id=invite.id,
    )
    session.add(user)
    session.flush()
    return user


def name_key(name: str) -> str:
    """What an account of this name is found by: however it is typed, and in whatever case."""
    return unicodedata.normalize("NFKC", name[:256]).lower()


def find_user(session: Session, name: str) -> User | None:
    """The account of this name, whatever its case; None for a text that can be no name."""
    key = name_key(name)
    # What people type can hold half a surrogate pair, which no statement can carry.
    if not _NAME.fullmatch(key):
        return None
    return session.scalar(select(User).where(User.name_key == key))


def get_user(session: Session, id_or_name: str) -> User:
    """The account of this name or id. Raises StoreError when there is none, or one of each.

    People choose their names: who calls themselves `3` must not be taken for account 3, nor the other way round.
    """
    named, row_id = find_user(session, id_or_name), parse_id(id_or_name)
    numbered = None if row_id is None else session.get(User, row_id)
    if named is not None and numbered is not None and named is not numbered:
        raise StoreError(
            f"{id_or_name!r} is the name of account {named.id} and the id of account {numbered.id}. "
            f"Say {str(named.id)!r} for the one, or {numbered.name!r} for the other."
        )
    row = named or numbered
    if row is None:
        raise StoreError(f"There is no account {id_or_name!r}. `sluice user list` shows them.")
    return row


def list_users(session: Session) -> Sequence[User]:
    """All accounts, the oldest first."""
    return session.scalars(select(User).order_by(User.id)).all()


def disable_user(session: Session, user: User, now: float) -> None:
    """Switch an account off; its sessions end and its keys stop counting. Raises LastAdministratorError."""
    if user.disabled_at is None:
        _keep_an_administrator(session, user)
        user.disabled_at = now
        end_sessions(session, user.id, now)


def enable_user(user: User) -> None:
    """Switch an account on again."""
    user.disabled_at = None


def set_role(session: Session, user: User, now: float, *, is_admin: bool) -> None:
    """Make somebody an administrator, or one no more. Raises LastAdministratorError."""
    if user.is_admin == is_admin:
        return
    if not is_admin:
        _keep_an_administrator(session, user)
    user.is_admin = is_admin
    end_sessions(session, user.id, now)


def set_password(
    session: Session, user: User, password_hash: bytes, now: float, *, keep: str | None = None
) -> None:
    """Change a password; every session ends but the one to `keep`."""
    user.password_hash = password_hash
    end_sessions(session, user.id, now, keep=keep)


def set_allowance(user: User, allowance: Allowance) -> None:
    """Change what a person may do. Raises StoreError."""
    check_allowance(allowance)
    user.priority, user.models = allowance.priority, join_models(allowance.models)
    user.max_waiting, user.max_running = allowance.max_waiting, allowance.max_running
    user.may_make_keys = allowance.may_make_keys


def delete_user(session: Session, user: User) -> None:
    """Remove an account with its sessions, keys and conversations; journal and sums keep no name.

    Raises LastAdministratorError. The one place where the journal is not written by the gate.
    """
    _keep_an_administrator(session, user)
    key_ids = session.scalars(select(ApiKey.id).where(ApiKey.user_id == user.id)).all()
    principals = [f"user:{user.id}", *(f"key:{key_id}" for key_id in key_ids)]
    for table in (JournalRow, UsageRollUp):
        session.execute(update(table).where(table.principal_id.in_(principals)).values(principal=_GONE))
    session.execute(delete(LastUse).where(LastUse.principal_id.in_(principals)))
    session.delete(user)
    session.flush()


def _keep_an_administrator(session: Session, user: User) -> None:
    if not user.is_admin or user.disabled_at is not None:
        return
    if session.scalar(administrators().where(User.id != user.id).limit(1)) is None:
        raise LastAdministratorError(
            f"{user.name!r} is the last administrator. Make somebody else one first: sluice user promote NAME."
        )
