"""The admin page's plain forms: each changes one thing and sends the browser back to its section."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from addon.store.errors import StoreError
from admin_app.actions import allow_list, invites, keys
from admin_app.actor import the_actor
from admin_app.errors import InputError, status_of
from admin_app.fields import Fields
from admin_app.guard import the_identity
from admin_app.notes import Note
from admin_app.parts import the_context, the_parts
from admin_app.rules import Rule, under
from admin_app.views.admin_page import render_admin_page

blueprint = Blueprint("admin_forms", __name__, url_prefix="/admin")


@blueprint.post("/allow-list")
@under(Rule.ADMIN_PAGE)
def add_rule() -> ResponseReturnValue:
    """Allow an address or network."""
    allow_list.add(the_context(), the_actor(), Fields.from_form(request.form))
    return redirect("/admin#allow-list", 303)


@blueprint.post("/allow-list/<int:rule_id>/remove")
@under(Rule.ADMIN_PAGE)
def remove_rule(rule_id: int) -> ResponseReturnValue:
    """Take a rule off the list."""
    allow_list.remove(the_context(), the_actor(), rule_id)
    return redirect("/admin#allow-list", 303)


@blueprint.post("/invites")
@under(Rule.ADMIN_PAGE)
def add_invite() -> ResponseReturnValue:
    """Make an invite; the next page shows its link."""
    invite = invites.add(the_context(), the_actor(), Fields.from_form(request.form))
    return _show_once(Note("invite", f"invite {invite['id']}", str(invite["link"])))


@blueprint.post("/invites/<int:invite_id>/revoke")
@under(Rule.ADMIN_PAGE)
def revoke_invite(invite_id: int) -> ResponseReturnValue:
    """End an invite."""
    invites.revoke(the_context(), the_actor(), invite_id)
    return redirect("/admin#invites", 303)


@blueprint.post("/keys")
@under(Rule.ADMIN_PAGE)
def add_key() -> ResponseReturnValue:
    """Make an API key; the next page shows it."""
    key = keys.add(the_context(), the_actor(), Fields.from_form(request.form))
    return _show_once(Note("key", str(key["name"]), str(key["key"])))


@blueprint.post("/keys/<int:key_id>/revoke")
@under(Rule.ADMIN_PAGE)
def revoke_key(key_id: int) -> ResponseReturnValue:
    """End an API key."""
    keys.revoke(the_context(), the_actor(), key_id)
    return redirect("/admin#keys", 303)


@blueprint.errorhandler(InputError)
@blueprint.errorhandler(StoreError)
def show_error(error: InputError | StoreError) -> ResponseReturnValue:
    """The page again, with the sentence on top."""
    return render_admin_page(error=str(error)), status_of(error)


def _show_once(note: Note) -> ResponseReturnValue:
    the_parts().notes.put(the_identity().session_id or "", note)
    return redirect("/admin#note", 303)
