"""Accounts, as an administrator sees them."""

from addon.store.engine import reading
from addon.store.users import list_users
from admin_app.actions import Shape
from admin_app.context import WebContext


def listed(context: WebContext) -> list[Shape]:
    """All accounts, the oldest first."""
    with reading(context.engine) as session:
        rows = list_users(session)
    return [
        {
            "id": row.id,
            "name": row.name,
            "is_admin": row.is_admin,
            "is_disabled": row.disabled_at is not None,
            "created_at": row.created_at,
        }
        for row in rows
    ]
