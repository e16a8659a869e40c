"""From rows to the immutable Policy the gate decides by."""

from collections.abc import Iterator
from ipaddress import ip_network

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from addon.core.policy import AddressRule, KeyRule, LiveSession, Policy
from addon.core.principal import DEFAULT_SCOPES, Principal, PrincipalClass, Scope
from addon.settings import BasePriorities
from addon.store import models
from addon.store.address_rules import check_rule_scopes
from addon.store.keys import check_priority, parse_scopes, split_models


def load_revision(session: Session) -> int:
    """The revision of the rules; it moves with every change."""
    return session.scalars(select(models.PolicyRevision.revision)).one()


def load_policy(session: Session, secret: bytes, base: BasePriorities, now: float) -> Policy:
    """Everything that counts at `now`. Raises if any row cannot be understood: half a policy is none."""
    keys, rules, sessions = select(models.ApiKey), select(models.AddressRule), _live_rows(now)
    return Policy(
        revision=load_revision(session),
        session_secret=secret,
        keys={row.prefix: _key_rule(row, base.custom_app) for row in _understood(session, keys)},
        rules=tuple(_address_rule(row, base.direct_api) for row in _understood(session, rules)),
        sessions={row.id: _live_session(row, base.web_chat) for row in _understood(session, sessions)},
    )


def _understood[Row: models.Base](session: Session, rows: Select[Row]) -> Iterator[Row]:
    for row in session.scalars(rows):
        # SQLite keeps a text in a column of numbers, if somebody writes one there.
        for column in row.__table__.columns:
            value = getattr(row, column.key)
            if value is not None and not isinstance(value, column.type.python_type):
                raise ValueError(f"a row of {row.__tablename__} has a {type(value).__name__} as {column.name}")
        yield row


def _live_rows(now: float) -> Select[models.LoginSession]:
    return (
        select(models.LoginSession)
        .join(models.LoginSession.user)
        .where(models.LoginSession.ended_at.is_(None), models.LoginSession.expires_at > now)
        .where(models.User.disabled_at.is_(None))
    )


def _key_rule(row: models.ApiKey, default_base: int) -> KeyRule:
    principal = Principal(
        id=f"key:{row.id}",
        label=row.name,
        principal_class=PrincipalClass.CUSTOM_APP,
        base=default_base if row.priority is None else check_priority(row.priority),
        scopes=parse_scopes(row.scopes),
        models=split_models(row.models),
        max_waiting=row.max_waiting,
        max_running=row.max_running,
        early_json=row.early_json,
    )
    return KeyRule(row.prefix, row.digest, principal, row.expires_at, is_revoked=row.revoked_at is not None)


def _address_rule(row: models.AddressRule, default_base: int) -> AddressRule:
    principal = Principal(
        id=f"rule:{row.id}",
        label=row.name or row.cidr,
        principal_class=PrincipalClass.DIRECT_API,
        base=default_base if row.priority is None else check_priority(row.priority),
        scopes=check_rule_scopes(parse_scopes(row.scopes)),
        early_json=row.early_json,
    )
    return AddressRule(ip_network(row.cidr), principal)


def _live_session(row: models.LoginSession, base: int) -> LiveSession:
    scopes = DEFAULT_SCOPES | ({Scope.ADMIN, Scope.MANAGE} if row.user.is_admin else frozenset())
    principal = Principal(
        id=f"user:{row.user_id}",
        label=row.user.name,
        principal_class=PrincipalClass.WEB_CHAT,
        base=base,
        scopes=scopes,
    )
    return LiveSession(row.id, principal, row.expires_at)
