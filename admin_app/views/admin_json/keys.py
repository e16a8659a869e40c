"""`/api/admin/keys`: API keys for apps."""

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue

from admin_app.actions import keys
from admin_app.actor import the_actor
from admin_app.json_body import fields_if_sent, sent_fields
from admin_app.parts import the_context
from admin_app.rules import Rule, under

blueprint = Blueprint("keys", __name__, url_prefix="/keys")


@blueprint.get("")
@under(Rule.ADMIN_JSON)
def list_keys() -> ResponseReturnValue:
    """The API keys, without their texts."""
    return jsonify(keys.listed(the_context()))


@blueprint.post("")
@under(Rule.ADMIN_JSON)
def add_key() -> ResponseReturnValue:
    """`{"name", "priority", "scopes", "models", "expires_s", …}` -> the key."""
    return jsonify(keys.add(the_context(), the_actor(), sent_fields())), 201


@blueprint.patch("/<int:key_id>")
@under(Rule.ADMIN_JSON)
def change_key(key_id: int) -> ResponseReturnValue:
    """What a key may do, its note and its end; what is not sent stays -> the key."""
    return jsonify(keys.change(the_context(), the_actor(), key_id, sent_fields()))


@blueprint.delete("/<int:key_id>")
@under(Rule.ADMIN_JSON)
def revoke_key(key_id: int) -> ResponseReturnValue:
    """End an API key."""
    keys.revoke(the_context(), the_actor(), key_id)
    return Response(status=204)


@blueprint.post("/<int:key_id>/rotate")
@under(Rule.ADMIN_JSON)
def rotate_key(key_id: int) -> ResponseReturnValue:
    """`{"overlap_s"}` -> the key with its new text."""
    return jsonify(keys.rotate(the_context(), the_actor(), key_id, fields_if_sent()))
