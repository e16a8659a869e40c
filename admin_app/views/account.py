"""One's own account: usage, API keys, sessions, password. All of it works without JavaScript."""

from flask import Blueprint, g, redirect, render_template
from flask.typing import ResponseReturnValue

from admin_app.actions import accounts, own_account, own_keys
from admin_app.actor import the_actor
from admin_app.cookies import clear_cookies
from admin_app.guard import the_identity
from admin_app.notes import Note
from admin_app.pages import page_facts
from admin_app.parts import the_context, the_parts
from admin_app.rules import Rule, under
from admin_app.typed import check_typed
from admin_app.views.admin.section import given_to, go_to, section, sent, show_once, the_note


def _page() -> str:
    context, user_id, session_id = the_context(), _user_id(), _session_id()
    return render_template(
        "account/page.html",
        error=g.get("admin_error"),
        note=the_note(),
        given_to=given_to,
        public_url=context.settings.gate.public_url,
        days=own_account.usage(context, user_id),
        keys=own_keys.listed(context, user_id),
        may_make_keys=own_keys.may_make(context, user_id),
        sessions=own_account.sessions(context, user_id, session_id),
        **page_facts(),
    )


pages = section("account", _page)
blueprint = Blueprint("own", __name__)


@pages.get("")
@under(Rule.SIGNED_IN_PAGE)
def account() -> ResponseReturnValue:
    """Everything about oneself; a fresh key is shown here once."""
    return _page()


@pages.post("/keys")
@under(Rule.SIGNED_IN_PAGE)
def add_key() -> ResponseReturnValue:
    """Make an API key of one's own."""
    key = own_keys.add(the_context(), the_actor(), _user_id(), sent())
    return show_once(Note("key", str(key["name"]), str(key["key"])), "/account")


@pages.post("/keys/<int:key_id>/rotate")
@under(Rule.SIGNED_IN_PAGE)
def rotate_key(key_id: int) -> ResponseReturnValue:
    """Give a key of one's own a new text."""
    key = own_keys.rotate(the_context(), the_actor(), _user_id(), key_id, sent())
    return show_once(Note("key", str(key["name"]), str(key["key"])), "/account")


@pages.post("/keys/<int:key_id>/revoke")
@under(Rule.SIGNED_IN_PAGE)
def revoke_key(key_id: int) -> ResponseReturnValue:
    """End a key of one's own, once its name has been typed."""
    check_typed(sent().only("typed"), str(own_keys.shown(the_context(), _user_id(), key_id)["name"]))
    own_keys.revoke(the_context(), the_actor(), _user_id(), key_id)
    return go_to("/account#keys")


@pages.post("/sessions/<handle>/end")
@under(Rule.SIGNED_IN_PAGE)
def end_session(handle: str) -> ResponseReturnValue:
    """End one session; if it is the present one, this is a sign-out."""
    ended = own_account.end(the_context(), the_actor(), _user_id(), handle)
    return _signed_out() if ended == _session_id() else go_to("/account#sessions")


@pages.post("/sessions/end")
@under(Rule.SIGNED_IN_PAGE)
def end_sessions() -> ResponseReturnValue:
    """Sign out everywhere."""
    own_account.end_all(the_context(), the_actor(), _user_id())
    return _signed_out()


@pages.post("/password")
@under(Rule.SIGNED_IN_PAGE)
def change_password() -> ResponseReturnValue:
    """Change the password; the other sessions end."""
    accounts.change_password(the_parts(), the_actor(), sent(), _session_id())
    text = "Your other browsers and programs have to sign in again, with the new one."
    return show_once(Note("done", "Your password is changed", text), "/account")


@blueprint.post("/logout")
@under(Rule.SIGNED_IN_PAGE)
def logout() -> ResponseReturnValue:
    """Sign out by a plain form."""
    accounts.sign_out(the_context(), the_actor(), _session_id())
    return _signed_out()


blueprint.register_blueprint(pages)


def _signed_out() -> ResponseReturnValue:
    response = redirect("/login", 303)
    clear_cookies(response, the_context())
    return response


def _user_id() -> int:
    return int(the_identity().principal.id.removeprefix("user:"))


def _session_id() -> str:
    return the_identity().session_id or ""
