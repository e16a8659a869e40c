"""Registration, sign-in, sign-out, passwords.

Promise: a password is hashed or checked outside every transaction (a quarter of a second must not hold the
database's one write lock), and an unknown name, a disabled account and a wrong password look and cost the same.
"""

from dataclasses import dataclass, field

from addon.core.session import SessionClaims, encode
from addon.store.engine import Actor, Session, changing_rules, reading
from addon.store.models import LoginSession, User
from addon.store.resets import use_reset
from addon.store.sessions import SignedInFrom, end_session, purge_sessions, start_session
from addon.store.users import check_user_name, find_user, register, set_password
from admin_app.context import WebContext
from admin_app.cookies import session_lifetime_s
from admin_app.errors import InputError, WrongCredentialsError
from admin_app.fields import Fields
from admin_app.parts import Parts
from admin_app.passwords import check_password

ACCESS_LIFETIME_S = 3600


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Two fresh sessions of one user: the browser's, and a short one for programs."""

    session_id: str
    lifetime_s: int
    cookie_token: str = field(repr=False)
    access_token: str = field(repr=False)


def join(parts: Parts, fields: Fields, origin: SignedInFrom) -> SignedIn:
    """Make an account with an invite and sign in. Raises InputError or StoreError; then nothing has changed."""
    context = parts.context
    fields.only("username", "password", "token")
    name = check_user_name(fields.needed_text("username"))
    token = fields.needed_text("token")
    password = check_password(fields.needed_text("password"), name)
    by = Actor("invite", name, origin.address)
    with parts.sign_ins.showing_token(origin.address, context.now()):
        password_hash = parts.passwords.hash(password)
        with changing_rules(context.engine, by, context.now()) as session:
            user = register(session, name, password_hash, token, context.now())
            return _signed_in(context, session, user, origin)


def sign_in(parts: Parts, fields: Fields, origin: SignedInFrom, earlier: str | None) -> SignedIn:
    """Check the password and start sessions; the browser's `earlier` one ends.

    Raises WrongCredentialsError, and RefusedError after too many failures.
    """
    fields.only("username", "password")
    name, password = fields.needed_text("username"), fields.needed_text("password")
    with parts.sign_ins.signing_in(name, origin.address, parts.context.now()):
        return _sign_in(parts, name, password, origin, earlier)


def choose_password(parts: Parts, fields: Fields, address: str | None) -> None:
    """Set a new password by the token of a one-time link. Raises InputError or StoreError."""
    context = parts.context
    fields.only("token", "password")
    token, password = fields.needed_text("token"), check_password(fields.needed_text("password"))
    with parts.sign_ins.showing_token(address, context.now()):
        password_hash = parts.passwords.hash(password)
        with changing_rules(context.engine, Actor("reset", "one-time link", address), context.now()) as session:
            use_reset(session, token, password_hash, context.now())


def change_password(parts: Parts, by: Actor, fields: Fields, session_id: str) -> None:
    """Change one's own password, showing the present one; every session but this one ends.

    Raises InputError for a wrong present password or an unusable new one, and RefusedError after too many tries.
    """
    context = parts.context
    fields.only("present", "password")
    present = fields.needed_text("present")
    password = check_password(fields.needed_text("password"), by.name)
    with parts.sign_ins.signing_in(by.name, by.address, context.now()):
        checked = _right_user(parts, by.name, present)
        if checked is None:
            raise InputError("The present password is not right. Nothing was changed.")
    password_hash = parts.passwords.hash(password)
    with changing_rules(context.engine, by, context.now()) as session:
        user = _enabled(find_user(session, by.name))
        if user is None or user.password_hash != checked.password_hash:  # changed elsewhere in the meantime
            raise InputError("Your password has just been changed elsewhere. Nothing was changed here.")
        set_password(session, user, password_hash, context.now(), keep=session_id)


def _sign_in(parts: Parts, name: str, password: str, origin: SignedInFrom, earlier: str | None) -> SignedIn:
    context = parts.context
    checked = _right_user(parts, name, password)
    if checked is None:
        raise WrongCredentialsError
    by = Actor(f"user:{checked.id}", checked.name, origin.address)
    with changing_rules(context.engine, by, context.now()) as session:
        user = _enabled(find_user(session, name))
        # Disabled, or a new password, while it was checked.
        if user is None or user.password_hash != checked.password_hash:
            raise WrongCredentialsError
        if earlier is not None:
            end_session(session, earlier, context.now())
        purge_sessions(session, context.now())
        return _signed_in(context, session, user, origin)


def _right_user(parts: Parts, name: str, password: str) -> User | None:
    """The account as it was checked, if the password is right. Whoever the name is, the work is the same."""
    with reading(parts.context.engine) as session:
        found = _enabled(find_user(session, name))
    stored = None if found is None else found.password_hash
    return found if parts.passwords.is_right(password, stored) else None


def sign_out(context: WebContext, by: Actor, session_id: str) -> None:
    """End a session, and the programs' one of the same sign-in."""
    with changing_rules(context.engine, by, context.now()) as session:
        end_session(session, session_id, context.now())


def _enabled(user: User | None) -> User | None:
    return user if user is not None and user.disabled_at is None else None


def _signed_in(context: WebContext, session: Session, user: User, origin: SignedInFrom) -> SignedIn:
    now = context.now()
    lifetime_s = session_lifetime_s(is_admin=user.is_admin)
    browser = start_session(session, user, now, lifetime_s, origin)
    program = start_session(session, user, now, ACCESS_LIFETIME_S, origin, parent=browser)
    return SignedIn(browser.id, lifetime_s, _token(context, browser), _token(context, program))


def _token(context: WebContext, row: LoginSession) -> str:
    claims = SessionClaims(row.id, row.user_id, row.created_at, row.expires_at)
    return encode(claims, context.session_secret)
