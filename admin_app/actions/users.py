"""Accounts, as an administrator sees them."""

from addon.store.engine import reading
from addon.store.users import list_users
from admin_app.context import WebContext
from admin_app.shapes import Shape, user_shape


def listed(context: WebContext) -> list[Shape]:
    """All accounts, the oldest first."""
    with reading(context.engine) as session:
        return [user_shape(row) for row in list_users(session)]
