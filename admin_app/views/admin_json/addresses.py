"""`/api/admin/whitelist`: who may come in by address alone."""

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue

from admin_app.actions import allow_list
from admin_app.actor import the_actor
from admin_app.json_body import sent_fields
from admin_app.parts import the_context
from admin_app.rules import Rule, under

blueprint = Blueprint("addresses", __name__, url_prefix="/whitelist")


@blueprint.get("")
@under(Rule.ADMIN_JSON)
def list_rules() -> ResponseReturnValue:
    """The allow-list."""
    return jsonify(allow_list.listed(the_context()))


@blueprint.post("")
@under(Rule.ADMIN_JSON)
def add_rule() -> ResponseReturnValue:
    """`{"ip", "name", "priority", "scopes", …}` -> the rule."""
    return jsonify(allow_list.add(the_context(), the_actor(), sent_fields())), 201


@blueprint.patch("/<int:rule_id>")
@under(Rule.ADMIN_JSON)
def change_rule(rule_id: int) -> ResponseReturnValue:
    """`{"is_enabled", "priority", …}`; what is not sent stays -> the rule."""
    return jsonify(allow_list.change(the_context(), the_actor(), rule_id, sent_fields()))


@blueprint.delete("/<int:rule_id>")
@under(Rule.ADMIN_JSON)
def remove_rule(rule_id: int) -> ResponseReturnValue:
    """Take a rule off the list."""
    allow_list.remove(the_context(), the_actor(), rule_id)
    return Response(status=204)


@blueprint.post("/test")
@under(Rule.ADMIN_JSON)
def test_address() -> ResponseReturnValue:
    """`{"address"}` -> the rule that lets it in, or null."""
    address = sent_fields().only("address").needed_text("address")
    return jsonify(allow_list.test_address(the_context(), address))


@blueprint.post("/import")
@under(Rule.ADMIN_JSON)
def import_rules() -> ResponseReturnValue:
    """`{"list"}`, one address or network a line -> the rules; all or none."""
    return jsonify(allow_list.import_list(the_context(), the_actor(), sent_fields())), 201
