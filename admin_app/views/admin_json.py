"""The administrator's JSON: for scripts with a key of scope admin, and for pages."""

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from admin_app.actions import allow_list, invites, journal, keys, users
from admin_app.actor import the_actor
from admin_app.fields import Fields
from admin_app.own_pages import check_is_json
from admin_app.parts import the_context
from admin_app.rules import Rule, under

blueprint = Blueprint("admin_json", __name__, url_prefix="/api/admin")


@blueprint.get("/whitelist")
@under(Rule.ADMIN_JSON)
def list_rules() -> ResponseReturnValue:
    """The allow-list."""
    return jsonify(allow_list.listed(the_context()))


@blueprint.post("/whitelist")
@under(Rule.ADMIN_JSON)
def add_rule() -> ResponseReturnValue:
    """`{"ip", "name", "priority", "scopes", …}` -> the rule."""
    return jsonify(allow_list.add(the_context(), the_actor(), _fields())), 201


@blueprint.delete("/whitelist/<int:rule_id>")
@under(Rule.ADMIN_JSON)
def remove_rule(rule_id: int) -> ResponseReturnValue:
    """Take a rule off the list."""
    allow_list.remove(the_context(), the_actor(), rule_id)
    return Response(status=204)


@blueprint.get("/tokens")
@under(Rule.ADMIN_JSON)
def list_invites() -> ResponseReturnValue:
    """The invites, without their tokens."""
    return jsonify(invites.listed(the_context()))


@blueprint.post("/tokens")
@under(Rule.ADMIN_JSON)
def add_invite() -> ResponseReturnValue:
    """`{"uses", "expires_s", "is_admin"}` -> the invite with its token and link."""
    return jsonify(invites.add(the_context(), the_actor(), _fields())), 201


@blueprint.delete("/tokens/<int:invite_id>")
@under(Rule.ADMIN_JSON)
def revoke_invite(invite_id: int) -> ResponseReturnValue:
    """End an invite."""
    invites.revoke(the_context(), the_actor(), invite_id)
    return Response(status=204)


@blueprint.get("/keys")
@under(Rule.ADMIN_JSON)
def list_keys() -> ResponseReturnValue:
    """The API keys, without their texts."""
    return jsonify(keys.listed(the_context()))


@blueprint.post("/keys")
@under(Rule.ADMIN_JSON)
def add_key() -> ResponseReturnValue:
    """`{"name", "priority", "scopes", "models", "expires_s", "max_waiting", "max_running", …}` -> the key."""
    return jsonify(keys.add(the_context(), the_actor(), _fields())), 201


@blueprint.delete("/keys/<int:key_id>")
@under(Rule.ADMIN_JSON)
def revoke_key(key_id: int) -> ResponseReturnValue:
    """End an API key."""
    keys.revoke(the_context(), the_actor(), key_id)
    return Response(status=204)


@blueprint.get("/users")
@under(Rule.ADMIN_JSON)
def list_users() -> ResponseReturnValue:
    """The accounts."""
    return jsonify(users.listed(the_context()))


@blueprint.get("/stats")
@under(Rule.ADMIN_JSON)
def stats() -> ResponseReturnValue:
    """`?since=` -> sums and the newest rows of the journal."""
    return jsonify(journal.stats(the_context(), request.args.get("since")))


def _fields() -> Fields:
    check_is_json(request)
    return Fields.from_json(request.get_data())
