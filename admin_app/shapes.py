"""One form per thing, for the command line's `--json`, the web app's JSON and its pages alike.

Instants are unix seconds; None means the general rule (priority of the class, every model, no end).
"""

from addon.store.allowances import split_models
from addon.store.models import AddressRule, ApiKey, Invite, User

type Shape = dict[str, object]


def key_state(row: ApiKey, now: float) -> str:
    """`active`, `expired` or `revoked`."""
    if row.revoked_at is not None:
        return "revoked"
    return "expired" if row.expires_at is not None and row.expires_at <= now else "active"


def key_shape(row: ApiKey, now: float) -> Shape:
    """A key without its secret; `prefix` is how the key starts."""
    models = split_models(row.models)
    return {
        "id": row.id,
        "name": row.name,
        "prefix": f"sl_{row.prefix}",
        "state": key_state(row, now),
        "priority": row.priority,
        "scopes": row.scopes.split(","),
        "models": None if models is None else sorted(models),
        "max_waiting": row.max_waiting,
        "max_running": row.max_running,
        "early_json": row.early_json,
        "created_at": row.created_at,
        "expires_at": row.expires_at,
        "revoked_at": row.revoked_at,
    }


def rule_shape(row: AddressRule) -> Shape:
    """An allow-list rule."""
    return {
        "id": row.id,
        "cidr": row.cidr,
        "name": row.name,
        "priority": row.priority,
        "scopes": row.scopes.split(","),
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
    }
