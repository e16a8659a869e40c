"""Invites: one-time links that let somebody register.

Promise: an invite is consumed by one conditional UPDATE in the transaction that inserts the user, so two
simultaneous uses of the last one make one user (a look-up followed by an update let more than one of four
racers win in 200 rounds of 200).
"""

import hashlib
import re
import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from sqlalchemy import CursorResult, Select, exists, select, update
from sqlalchemy.orm import Session

from addon.store.allowances import Allowance, check_allowance, join_models
from addon.store.errors import StoreError
from addon.store.ids import parse_id
from addon.store.keys import check_note
from addon.store.models import Invite, User

SETUP_LIFETIME_S = 30 * 60
_TOKEN_BYTES = 24
_FORM = re.compile(r"[A-Za-z0-9_-]{32}")


@dataclass(frozen=True, slots=True)
class NewInvite:
    """What a new invite is to be, and what it gives to those who come by it."""

    uses: int = 1
    lifetime_s: float = 24 * 3600
    is_admin: bool = False
    allowance: Allowance = field(default_factory=Allowance)
    note: str = ""


def add_invite(session: Session, new: NewInvite, now: float) -> tuple[Invite, str]:
    """Make an invite; returns its row and its token, which is not stored. Raises StoreError for odd values."""
    uses, lifetime_s = new.uses, new.lifetime_s
    if uses < 1:
        raise StoreError(f"An invite for {uses} uses lets nobody in. Use 1 or more.")
    if not lifetime_s > 0:
        raise StoreError("An invite must last longer than 0 seconds.")
    check_allowance(new.allowance)
    check_note(new.note)
    return _insert(session, new, now)


def add_setup_invite(session: Session, now: float) -> str | None:
    """The token of a fresh setup link, or None once an administrator exists. Earlier setup links end."""
    if session.scalar(administrators().limit(1)):
        return None
    session.execute(update(Invite).where(Invite.is_setup, Invite.revoked_at.is_(None)).values(revoked_at=now))
    new = NewInvite(lifetime_s=SETUP_LIFETIME_S, is_admin=True, note="the first administrator")
    return _insert(session, new, now, is_setup=True)[1]


def list_invites(session: Session) -> Sequence[Invite]:
    """All invites, the newest first."""
    return session.scalars(select(Invite).order_by(Invite.id.desc())).all()


def registered(session: Session) -> Mapping[int, Sequence[str]]:
    """The names of the people who came by each invite and are still here, the earliest first."""
    names: defaultdict[int, list[str]] = defaultdict(list)
    for invite_id, name in session.execute(select(User.invite_id, User.name).order_by(User.id)):
        if invite_id is not None:
            names[invite_id].append(name)
    return names


def revoke_invite(session: Session, invite_id: str, now: float) -> Invite:
    """End an invite. Raises StoreError when there is none."""
    row_id = parse_id(invite_id)
    row = None if row_id is None else session.get(Invite, row_id)
    if row is None:
        raise StoreError(f"There is no invite {invite_id!r}. `sluice invite list` shows them.")
    if row.revoked_at is None:
        row.revoked_at = now
    return row


def consume_invite(session: Session, token: str, now: float) -> Invite:
    """Take one use of an invite.

    Raises StoreError when it is unknown, used up, expired or revoked, or a setup link after its purpose: set-up
    closes as soon as there is an administrator, whichever way they came.
    """
    digest = token_digest(token)
    took = cast(
        "CursorResult[()]",
        session.execute(
            update(Invite)
            .where(Invite.digest == digest, Invite.used < Invite.uses)
            .where(Invite.expires_at > now, Invite.revoked_at.is_(None))
            .where(~(Invite.is_setup & exists(administrators())))
            .values(used=Invite.used + 1)
        ),
    )
    if took.rowcount != 1:
        raise StoreError("This link is not valid any more. Ask the administrator for a new one.")
    return session.scalars(select(Invite).where(Invite.digest == digest)).one()


def administrators() -> Select[int]:
    """The ids of those who can administer."""
    return select(User.id).where(User.is_admin, User.disabled_at.is_(None))


def _insert(session: Session, new: NewInvite, now: float, *, is_setup: bool = False) -> tuple[Invite, str]:
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    row = Invite(
        digest=token_digest(token),
        is_admin=new.is_admin,
        is_setup=is_setup,
        uses=new.uses,
        used=0,
        created_at=now,
        expires_at=now + new.lifetime_s,
        revoked_at=None,
        priority=new.allowance.priority,
        models=join_models(new.allowance.models),
        max_waiting=new.allowance.max_waiting,
        max_running=new.allowance.max_running,
        may_make_keys=new.allowance.may_make_keys,
        note=new.note,
    )
    session.add(row)
    session.flush()
    return row, token


def token_digest(token: str) -> bytes:
    """What is stored of a link's token. A text of another form can be none; its digest is never found."""
    return hashlib.sha256(token.encode() if _FORM.fullmatch(token) else b"").digest()
