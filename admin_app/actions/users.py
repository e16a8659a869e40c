"""Accounts, as an administrator sees and changes them.

Promise: an administrator always remains (LastAdministratorError, a 409), and whatever takes away somebody's
standing ends their sessions in the same transaction.
"""

from collections.abc import Callable, Sequence

from addon.store.allowances import stored_allowance
from addon.store.engine import Actor, Session, changing_rules, reading
from addon.store.models import User
from addon.store.resets import add_reset
from addon.store.sessions import end_sessions
from addon.store.users import delete_user, disable_user, enable_user, list_users, set_allowance, set_role
from admin_app.actions.glances import with_glances
from admin_app.allowance_fields import ALLOWANCE_FIELDS, allowance_of
from admin_app.context import WebContext
from admin_app.fields import Fields
from admin_app.rows import row_of
from admin_app.shapes import Shape


def listed(context: WebContext) -> list[Shape]:
    """All accounts, the oldest first."""
    with reading(context.engine) as session:
        return _shapes(context, session, list_users(session))


def shown(context: WebContext, user_id: int) -> Shape:
    """One account. Raises UnknownError."""
    with reading(context.engine) as session:
        return _shapes(context, session, [_user(session, user_id)])[0]


def disable(context: WebContext, by: Actor, user_id: int) -> Shape:
    """Switch an account off, with its sessions and keys. Raises UnknownError, LastAdministratorError."""
    now = context.now()
    return _changed(context, by, user_id, lambda session, user: disable_user(session, user, now))


def enable(context: WebContext, by: Actor, user_id: int) -> Shape:
    """Switch an account on again. Raises UnknownError."""
    return _changed(context, by, user_id, lambda _, user: enable_user(user))


def promote(context: WebContext, by: Actor, user_id: int) -> Shape:
    """Make somebody an administrator; their sessions end. Raises UnknownError."""
    now = context.now()
    return _changed(context, by, user_id, lambda session, user: set_role(session, user, now, is_admin=True))


def demote(context: WebContext, by: Actor, user_id: int) -> Shape:
    """Take the administration from somebody. Raises UnknownError, LastAdministratorError."""
    now = context.now()
    return _changed(context, by, user_id, lambda session, user: set_role(session, user, now, is_admin=False))


def change(context: WebContext, by: Actor, user_id: int, fields: Fields) -> Shape:
    """Change what was sent of `is_admin`, `disabled` and the allowance, all or nothing; the rest stays.

    Raises InputError or StoreError.
    """
    fields.only("is_admin", "disabled", *ALLOWANCE_FIELDS)
    now = context.now()

    def make(session: Session, user: User) -> None:
        if fields.has("is_admin"):
            set_role(session, user, now, is_admin=fields.flag("is_admin"))
        if fields.has("disabled"):
            if fields.flag("disabled"):
                disable_user(session, user, now)
            else:
                enable_user(user)
        set_allowance(user, allowance_of(fields, stored_allowance(user)))

    return _changed(context, by, user_id, make)


def reset_password(context: WebContext, by: Actor, user_id: int) -> Shape:
    """A link by which the person chooses a new password, once: `{"id", "name", "link", "token", "expires_at"}`."""
    with changing_rules(context.engine, by, context.now()) as session:
        user = _user(session, user_id)
        row, token = add_reset(session, user, context.now())
        # In the fragment, so that the token reaches no log and no referrer.
        link = f"{context.settings.gate.public_url}/reset#{token}"
        return {"id": user.id, "name": user.name, "link": link, "token": token, "expires_at": row.expires_at}


def sign_out(context: WebContext, by: Actor, user_id: int) -> int:
    """End all their sessions; returns how many. Raises UnknownError."""
    with changing_rules(context.engine, by, context.now()) as session:
        return end_sessions(session, _user(session, user_id).id, context.now())


def delete(context: WebContext, by: Actor, user_id: int) -> None:
    """Remove an account with what belongs to it. Raises UnknownError, LastAdministratorError."""
    with changing_rules(context.engine, by, context.now()) as session:
        delete_user(session, _user(session, user_id))


def _changed(context: WebContext, by: Actor, user_id: int, make: Callable[[Session, User], None]) -> Shape:
    with changing_rules(context.engine, by, context.now()) as session:
        user = _user(session, user_id)
        make(session, user)
        return _shapes(context, session, [user])[0]


def _user(session: Session, user_id: int) -> User:
    return row_of(session, User, user_id, "account")


def _shapes(context: WebContext, session: Session, rows: Sequence[User]) -> list[Shape]:
    return with_glances(session, rows, context.now())
