"""One's own account."""

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from admin_app.actions import accounts
from admin_app.actor import the_actor
from admin_app.cookies import clear_cookies
from admin_app.guard import the_identity
from admin_app.pages import page_facts
from admin_app.parts import the_context
from admin_app.rules import Rule, under

blueprint = Blueprint("account", __name__)


@blueprint.get("/account")
@under(Rule.SIGNED_IN_PAGE)
def account() -> ResponseReturnValue:
    """The name, and the way out."""
    return render_template("account.html", **page_facts())


@blueprint.post("/logout")
@under(Rule.SIGNED_IN_PAGE)
def logout() -> ResponseReturnValue:
    """Sign out by a plain form."""
    context = the_context()
    accounts.sign_out(context, the_actor(), the_identity().session_id or "")
    response = redirect("/login", 303)
    clear_cookies(response, context)
    return response
