"""One form per thing, for the command line's `--json`, the web app's JSON and its pages alike.

Instants are unix seconds; None means the general rule (priority of the class, every model, no end).
"""

import json

from addon.core.waits import WaitSummary
from addon.store.allowances import split_models
from addon.store.models import AddressRule, ApiKey, AuditRow, Invite, User

type Shape = dict[str, object]


def key_state(row: ApiKey, now: float) -> str:
    """`active`, `expired`, `revoked`, or `owner disabled`."""
    if row.revoked_at is not None:
        return "revoked"
    if row.expires_at is not None and row.expires_at <= now:
        return "expired"
    return "active" if row.owner is None or row.owner.disabled_at is None else "owner disabled"


def key_shape(row: ApiKey, now: float) -> Shape:
    """A key without its secret; `prefix` is how the key starts. The previous secret is told while it counts."""
    has_previous = row.previous_expires_at is not None and row.previous_expires_at > now
    return {
        "id": row.id,
        "name": row.name,
        "prefix": f"sl_{row.prefix}",
        "state": key_state(row, now),
        "owner": None if row.owner is None else row.owner.name,
        "user_id": row.user_id,
        "note": row.note,
        "priority": row.priority,
        "scopes": row.scopes.split(","),
        "models": _models(row.models),
        "max_waiting": row.max_waiting,
        "max_running": row.max_running,
        "early_json": row.early_json,
        "created_at": row.created_at,
        "expires_at": row.expires_at,
        "revoked_at": row.revoked_at,
        "previous_prefix": f"sl_{row.previous_prefix}" if has_previous else None,
        "previous_expires_at": row.previous_expires_at if has_previous else None,
    }


def rule_shape(row: AddressRule) -> Shape:
    """An allow-list rule."""
    return {
        "id": row.id,
        "cidr": row.cidr,
        "name": row.name,
        "is_enabled": row.is_enabled,
        "note": row.note,
        "priority": row.priority,
        "scopes": row.scopes.split(","),
        "max_waiting": row.max_waiting,
        "max_running": row.max_running,
        "early_json": row.early_json,
        "created_at": row.created_at,
    }


def invite_state(row: Invite, now: float) -> str:
    """`open`, `used up`, `expired` or `revoked`."""
    if row.revoked_at is not None:
        return "revoked"
    if row.used >= row.uses:
        return "used up"
    return "expired" if row.expires_at <= now else "open"


def invite_shape(row: Invite, now: float) -> Shape:
    """An invite without its token."""
    return {
        "id": row.id,
        "state": invite_state(row, now),
        "is_admin": row.is_admin,
        "is_setup": row.is_setup,
        "uses": row.uses,
        "used": row.used,
        "created_at": row.created_at,
        "expires_at": row.expires_at,
        "revoked_at": row.revoked_at,
        "note": row.note,
        **_allowance(row),
    }


def user_state(row: User) -> str:
    """`active` or `disabled`."""
    return "active" if row.disabled_at is None else "disabled"


def user_shape(row: User) -> Shape:
    """An account without its password."""
    return {
        "id": row.id,
        "name": row.name,
        "is_admin": row.is_admin,
        "state": user_state(row),
        "created_at": row.created_at,
        "disabled_at": row.disabled_at,
        "invite_id": row.invite_id,
        **_allowance(row),
    }


def audit_shape(row: AuditRow) -> Shape:
    """One deed: who did what to what, and what it changed."""
    return {
        "id": row.id,
        "at": row.at,
        "actor_id": row.actor_id,
        "actor": row.actor,
        "address": row.address,
        "action": row.action,
        "subject_id": row.subject_id,
        "subject": row.subject,
        "before": None if row.before is None else json.loads(row.before),
        "after": None if row.after is None else json.loads(row.after),
    }


def _allowance(row: User | Invite) -> Shape:
    return {
        "priority": row.priority,
        "models": _models(row.models),
        "max_waiting": row.max_waiting,
        "max_running": row.max_running,
        "may_make_keys": row.may_make_keys,
    }


def _models(stored: str | None) -> list[str] | None:
    models = split_models(stored)
    return None if models is None else sorted(models)


def wait_shape(summary: WaitSummary) -> Shape:
    """How long requests waited, in seconds."""
    return {
        "requests": summary.requests,
        "p50_s": summary.p50_s,
        "p95_s": summary.p95_s,
        "p99_s": summary.p99_s,
    }
