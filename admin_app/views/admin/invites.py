"""Invites: made, shown once as link and picture, revoked."""

from functools import partial

from flask import request
from flask.typing import ResponseReturnValue

from admin_app.actions import invites
from admin_app.actor import the_actor
from admin_app.filtering import looked_for, matching
from admin_app.notes import Note
from admin_app.parts import the_context
from admin_app.row_words import shown
from admin_app.rules import Rule, under
from admin_app.typed import check_typed
from admin_app.views.admin.section import form_facts, go_to, kept, render, section, sent, show_once


def _page() -> str:
    q = looked_for(request.args)
    facts = form_facts()
    words = partial(shown, general_priority=facts["base"].web_chat)
    return render("invites", invites=matching(invites.listed(the_context()), q, words), q=q, **facts)


blueprint = section("invites", _page)


@blueprint.get("")
@under(Rule.ADMIN_PAGE)
def list_invites() -> ResponseReturnValue:
    """All invites and who came by them."""
    return _page()


@blueprint.post("")
@under(Rule.ADMIN_PAGE)
def add_invite() -> ResponseReturnValue:
    """Make an invite; the next page shows its link."""
    invite = invites.add(the_context(), the_actor(), sent())
    return show_once(Note("invite", f"invite {invite['id']}", str(invite["link"])), "/admin/invites")


@blueprint.post("/<int:invite_id>/revoke")
@under(Rule.ADMIN_PAGE)
def revoke_invite(invite_id: int) -> ResponseReturnValue:
    """End an invite, once its number has been typed."""
    check_typed(sent().only("typed"), str(invite_id))
    invites.revoke(the_context(), the_actor(), invite_id)
    return go_to(kept("/admin/invites"))
