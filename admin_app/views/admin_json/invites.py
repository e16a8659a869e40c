"""`/api/admin/tokens`: invites, by which people register."""

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue

from admin_app.actions import invites
from admin_app.actor import the_actor
from admin_app.json_body import sent_fields
from admin_app.parts import the_context
from admin_app.rules import Rule, under

blueprint = Blueprint("invites", __name__, url_prefix="/tokens")


@blueprint.get("")
@under(Rule.ADMIN_JSON)
def list_invites() -> ResponseReturnValue:
    """The invites, without their tokens."""
    return jsonify(invites.listed(the_context()))


@blueprint.post("")
@under(Rule.ADMIN_JSON)
def add_invite() -> ResponseReturnValue:
    """`{"uses", "expires_s", "is_admin", …}` -> the invite with its token and link."""
    return jsonify(invites.add(the_context(), the_actor(), sent_fields())), 201


@blueprint.delete("/<int:invite_id>")
@under(Rule.ADMIN_JSON)
def revoke_invite(invite_id: int) -> ResponseReturnValue:
    """End an invite."""
    invites.revoke(the_context(), the_actor(), invite_id)
    return Response(status=204)
