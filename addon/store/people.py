"""What an administrator sees of all accounts at a glance."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from addon.store.models import ApiKey, JournalRow, LastUse, LoginSession, User


@dataclass(frozen=True, slots=True)
class Glance:
    """One account: when and from where it was last used or signed in, requests (its keys' too), living keys."""

    seen_at: float | None
    seen_from: str | None
    requests: int
    keys: int


def glances(session: Session, since: float) -> Mapping[int, Glance]:
    """What is known of each account; requests are those that arrived since then. Who is missing was never seen."""
    seen: dict[int, tuple[float, str | None]] = {}
    for user_id, at, address in [*_sign_ins(session), *_uses(session)]:
        if user_id not in seen or seen[user_id][0] < at:
            seen[user_id] = (at, address)
    keys, requests = _keys(session), _requests(session, since)
    return {
        user_id: _glance(seen.get(user_id), requests.get(user_id, 0), keys.get(user_id, 0))
        for user_id in seen.keys() | keys.keys() | requests.keys()
    }


def first_account_at(session: Session) -> float | None:
    """When the oldest account that is there was made (unix seconds); None where there is none."""
    return session.scalar(select(func.min(User.created_at)))


def _glance(seen: tuple[float, str | None] | None, requests: int, keys: int) -> Glance:
    at, address = seen or (None, None)
    return Glance(at, address, requests, keys)


def _sign_ins(session: Session) -> list[tuple[int, float, str | None]]:
    # SQLite takes the other columns of a group from the row that holds the maximum.
    newest = select(LoginSession.user_id, func.max(LoginSession.created_at), LoginSession.address)
    return [
        (user_id, at, address) for user_id, at, address in session.execute(newest.group_by(LoginSession.user_id))
    ]


def _uses(session: Session) -> list[tuple[int, float, str | None]]:
    uses = select(LastUse).where(LastUse.principal_id.startswith("user:"))
    return [(_number(use.principal_id), use.used_at, use.address) for use in session.scalars(uses)]


def _keys(session: Session) -> dict[int, int]:
    owned = ApiKey.user_id.is_not(None)
    return _counts(
        session,
        select(ApiKey.user_id, func.count()).where(owned, ApiKey.revoked_at.is_(None)).group_by(ApiKey.user_id),
    )


def _requests(session: Session, since: float) -> dict[int, int]:
    arrived = select(JournalRow.principal_id, func.count()).where(JournalRow.arrived_at >= since)
    counts = session.execute(arrived.group_by(JournalRow.principal_id)).all()
    owned = select(ApiKey.user_id, ApiKey.id).where(ApiKey.user_id.is_not(None))
    owners = {key_id: user_id for user_id, key_id in session.execute(owned)}
    found: dict[int, int] = {}
    for principal_id, count in counts:
        kind, number = principal_id.partition(":")[0], _number(principal_id)
        user_id = number if kind == "user" else owners.get(number) if kind == "key" else None
        if user_id is not None:
            found[user_id] = found.get(user_id, 0) + count
    return found


def _counts(session: Session, statement: Select[int | None, int]) -> dict[int, int]:
    return {row_id: count for row_id, count in session.execute(statement) if row_id is not None}


def _number(principal_id: str) -> int:
    return int(principal_id.partition(":")[2])
