"""`/api/admin/users`: accounts. They are made by their owners, with an invite."""

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue

from admin_app.actions import users
from admin_app.actor import the_actor
from admin_app.json_body import sent_fields
from admin_app.parts import the_context
from admin_app.rules import Rule, under

blueprint = Blueprint("users", __name__, url_prefix="/users")


@blueprint.get("")
@under(Rule.ADMIN_JSON)
def list_users() -> ResponseReturnValue:
    """The accounts."""
    return jsonify(users.listed(the_context()))


@blueprint.patch("/<int:user_id>")
@under(Rule.ADMIN_JSON)
def change_user(user_id: int) -> ResponseReturnValue:
    """Any of `{"is_admin", "disabled", "priority", "models", …}` -> the account; the rest stays."""
    return jsonify(users.change(the_context(), the_actor(), user_id, sent_fields()))


@blueprint.delete("/<int:user_id>")
@under(Rule.ADMIN_JSON)
def delete_user(user_id: int) -> ResponseReturnValue:
    """Remove an account with its sessions, keys and conversations."""
    users.delete(the_context(), the_actor(), user_id)
    return Response(status=204)


@blueprint.post("/<int:user_id>/reset-password")
@under(Rule.ADMIN_JSON)
def reset_password(user_id: int) -> ResponseReturnValue:
    """A link by which the person chooses a new password, once."""
    return jsonify(users.reset_password(the_context(), the_actor(), user_id)), 201


@blueprint.post("/<int:user_id>/sign-out")
@under(Rule.ADMIN_JSON)
def sign_out(user_id: int) -> ResponseReturnValue:
    """End all their sessions -> how many there were."""
    return jsonify(ended=users.sign_out(the_context(), the_actor(), user_id))
