"""Registration, sign-in, sign-out.

Promise: a password is hashed or checked outside every transaction (a quarter of a second must not hold the
database's one write lock), and an unknown name, a disabled account and a wrong password look and cost the same.
"""

from dataclasses import dataclass, field

from addon.core.session import SessionClaims, encode
from addon.store.engine import Actor, Session, changing_rules, reading
from addon.store.models import LoginSession, User
from addon.store.sessions import SignedInFrom, end_session, purge_sessions, start_session
from addon.store.users import check_user_name, find_user, register
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


def join(context: WebContext, passwords: Passwords, fields: Fields, origin: SignedInFrom) -> SignedIn:
    """Make an account with an invite and sign in. Raises InputError or StoreError; then nothing has changed."""
    fields.only("username", "password", "token")
    name = check_user_name(fields.needed_text("username"))
    token = fields.needed_text("token")
    password_hash = passwords.hash(check_password(fields.needed_text("password")))
    by = Actor("invite", name, origin.address)
    with changing_rules(context.engine, by, context.now()) as session:
        user = register(session, name, password_hash, token, context.now())
        return _signed_in(context, session, user, origin)


def sign_in(
    context: WebContext, passwords: Passwords, fields: Fields, origin: SignedInFrom, earlier: str | None
) -> SignedIn:
    """Check the password and start sessions; the browser's `earlier` one ends. Raises WrongCredentialsError."""
    fields.only("username", "password")
    name, password = fields.needed_text("username"), fields.needed_text("password")
    with reading(context.engine) as session:
        found = _enabled(find_user(session, name))
    checked = None if found is None else found.password_hash
    if not passwords.is_right(password, checked) or found is None:
        raise WrongCredentialsError
    by = Actor(f"user:{found.id}", found.name, origin.address)
    with changing_rules(context.engine, by, context.now()) as session:
        user = _enabled(find_user(session, name))
        if (
            user is None or user.password_hash != checked
        ):  # disabled, or a new password, while it was being checked
            raise WrongCredentialsError
        if earlier is not None:
            end_session(session, earlier, context.now())
        purge_sessions(session, context.now())
        return _signed_in(context, session, user, origin)


def sign_out(context: WebContext, by: Actor, session_id: str) -> None:
    """End a session, and the programs' one of the same sign-in."""
    with changing_rules(context.engine, by, context.now()) as session:
        end_session(session, session_id, context.now())


def _enabled(user: User | None) -> User | None:
    return user if user is not None and user.disabled_at is None else None


def _signed_in(context: WebContext, session: Session, user: User, origin: SignedInFrom) -> SignedIn:
    now = context.now()
    browser = start_session(session, user, now, SESSION_LIFETIME_S, origin)
    program = start_session(session, user, now, ACCESS_LIFETIME_S, origin, parent=browser)
    return SignedIn(browser.id, _token(context, browser), _token(context, program))


def _token(context: WebContext, row: LoginSession) -> str:
    claims = SessionClaims(row.id, row.user_id, row.created_at, row.expires_at)
    return encode(claims, context.session_secret)
