"""From rows to the immutable Policy the gate decides by."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from ipaddress import ip_network

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from addon.core.model_names import canonical
from addon.core.policy import AddressRule, KeyRule, LiveSession, Policy
from addon.core.principal import DEFAULT_SCOPES, Principal, PrincipalClass, Quota, Scope
from addon.settings import BasePriorities
from addon.store import models
from addon.store.address_rules import check_rule_scopes
from addon.store.allowances import check_priority, split_models
from addon.store.keys import parse_scopes


def load_revision(session: Session) -> int:
    """The revision of the rules; it moves with every change."""
    return session.scalars(select(models.PolicyRevision.revision)).one()


def load_policy(session: Session, secret: bytes, base: BasePriorities, now: float) -> Policy:
    """Everything that counts at `now`. Raises if any row cannot be understood: half a policy is none."""
    keys, sessions = select(models.ApiKey), _live_rows(now)
    rules = select(models.AddressRule).where(models.AddressRule.is_enabled)
    return Policy(
        revision=load_revision(session),
        session_secret=secret,
        keys={
            rule.prefix: rule for row in _understood(session, keys) for rule in _key_rules(row, base.custom_app)
        },
        rules=tuple(_address_rule(row, base.direct_api) for row in _understood(session, rules)),
        sessions={row.id: _live_session(row, base.web_chat) for row in _understood(session, sessions)},
    )


def load_principals(session: Session, base: BasePriorities) -> Mapping[str, Principal]:
    """Everybody there is, by id, also those who may do nothing at present. Raises as `load_policy` does."""
    everybody = (
        *(_key_principal(row, base.custom_app) for row in _understood(session, select(models.ApiKey))),
        *(
            _address_rule(row, base.direct_api).principal
            for row in _understood(session, select(models.AddressRule))
        ),
        *(_user_principal(row, base.web_chat) for row in _understood(session, select(models.User))),
    )
    return {principal.id: principal for principal in everybody}


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


def _key_rules(row: models.ApiKey, default_base: int) -> Iterator[KeyRule]:
    principal = _key_principal(row, default_base)
    is_over = row.revoked_at is not None or (row.owner is not None and row.owner.disabled_at is not None)
    yield KeyRule(row.prefix, row.digest, principal, row.expires_at, is_revoked=is_over)
    if row.previous_prefix is not None and row.previous_digest is not None:
        ends = [instant for instant in (row.expires_at, row.previous_expires_at) if instant is not None]
        yield KeyRule(row.previous_prefix, row.previous_digest, principal, min(ends), is_revoked=is_over)


def _key_principal(row: models.ApiKey, default_base: int) -> Principal:
    principal = Principal(
        id=f"key:{row.id}",
        label=row.name,
        principal_class=PrincipalClass.CUSTOM_APP,
        base=_base(row.priority, default_base),
        scopes=parse_scopes(row.scopes),
        models=split_models(row.models),
        max_waiting=row.max_waiting,
        max_running=row.max_running,
        early_json=row.early_json,
    )
    return principal if row.owner is None else _within(principal, row.owner)


def _within(principal: Principal, owner: models.User) -> Principal:
    """A member's own key may do no more than the member, and what it does counts as the member's."""
    own = split_models(owner.models)
    if own is not None and principal.models is not None:
        allowed = {canonical(name) for name in own}
        own = frozenset(name for name in principal.models if canonical(name) in allowed)
    return replace(
        principal,
        base=max(principal.base, _base(owner.priority, principal.base)),
        scopes=principal.scopes & DEFAULT_SCOPES,
        models=principal.models if own is None else own,
        owners=Quota(_user_id(owner.id), owner.max_waiting, owner.max_running),
    )


def _user_id(number: int) -> str:
    return f"user:{number}"


def _base(priority: int | None, default: int) -> int:
    checked = check_priority(priority)
    return default if checked is None else checked


def _address_rule(row: models.AddressRule, default_base: int) -> AddressRule:
    principal = Principal(
        id=f"rule:{row.id}",
        label=row.name or row.cidr,
        principal_class=PrincipalClass.DIRECT_API,
        base=_base(row.priority, default_base),
        scopes=check_rule_scopes(parse_scopes(row.scopes)),
        max_waiting=row.max_waiting,
        max_running=row.max_running,
        early_json=row.early_json,
    )
    return AddressRule(ip_network(row.cidr), principal)


def _live_session(row: models.LoginSession, base: int) -> LiveSession:
    return LiveSession(row.id, _user_principal(row.user, base), row.expires_at)


def _user_principal(user: models.User, base: int) -> Principal:
    return Principal(
        id=_user_id(user.id),
        label=user.name,
        principal_class=PrincipalClass.WEB_CHAT,
        base=_base(user.priority, base),
        scopes=DEFAULT_SCOPES | ({Scope.ADMIN, Scope.MANAGE} if user.is_admin else frozenset()),
        models=split_models(user.models),
        max_waiting=user.max_waiting,
        max_running=user.max_running,
    )
