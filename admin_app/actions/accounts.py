"""Registration, sign-in, sign-out.

Promise: a password is hashed or checked outside every transaction (a quarter of a second must not hold the
database's one write lock), and an unknown name, a disabled account and a wrong password look and cost the same.
"""

from dataclasses import dataclass, field

from addon.core.session import SessionClaims, encode
from addon.store.engine import Session, changing_rules, reading
from addon.store.models import User
from addon.store.users import check_user_name, end_session, find_user, register, start_session
from admin_app.context import WebContext
from admin_app.cookies import SESSION_LIFETIME_S
from admin_app.errors import WrongCredentialsError
from admin_app.fields import Fields
from admin_app.passwords import Passwords, check_password

ACCESS_LIFETIME_S = 3600


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Two fresh sessions of one user: the browser's, and a short one for programs."""

    session_id: str
    cookie_token: str = field(repr=False)
    access_token: str = field(repr=False)


def join(context: WebContext, passwords: Passwords, fields: Fields) -> SignedIn:
    """Make an account with an invite and sign in. Raises InputError or StoreError; then nothing has changed."""
    fields.only("username", "password", "token")
    name = check_user_name(fields.needed_text("username"))
    token = fields.needed_text("token")
    password_hash = passwords.hash(check_password(fields.needed_text("password")))
    with changing_rules(context.engine) as session:
        user = register(session, name, password_hash, token, context.now())
        return _signed_in(context, session, user)


def sign_in(context: WebContext, passwords: Passwords, fields: Fields, earlier: str | None) -> SignedIn:
    """Check the password and start sessions; the browser's `earlier` one ends. Raises WrongCredentialsError."""
    fields.only("username", "password")
    name, password = fields.needed_text("username"), fields.needed_text("password")
    with reading(context.engine) as session:
        found = _enabled(find_user(session, name))
    checked = None if found is None else found.password_hash
    if not passwords.is_right(password, checked):
        raise WrongCredentialsError
    with changing_rules(context.engine) as session:
        user = _enabled(find_user(session, name))
        if (
            user is None or user.password_hash != checked
        ):  # disabled, or a new password, while it was being checked
            raise WrongCredentialsError
        if earlier is not None:
            end_session(session, earlier, context.now())
        return _signed_in(context, session, user)


def sign_out(context: WebContext, session_id: str) -> None:
    """End a session."""
    with changing_rules(context.engine) as session:
        end_session(session, session_id, context.now())


def _enabled(user: User | None) -> User | None:
    return user if user is not None and user.disabled_at is None else None


def _signed_in(context: WebContext, session: Session, user: User) -> SignedIn:
    session_id, cookie_token = _start(context, session, user, SESSION_LIFETIME_S)
    _, access_token = _start(context, session, user, ACCESS_LIFETIME_S)
    return SignedIn(session_id, cookie_token, access_token)


def _start(context: WebContext, session: Session, user: User, lifetime_s: int) -> tuple[str, str]:
    row = start_session(session, user, context.now(), lifetime_s)
    claims = SessionClaims(row.id, user.id, row.created_at, row.expires_at)
    return row.id, encode(claims, context.session_secret)
