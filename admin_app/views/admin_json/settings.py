"""`/api/admin/settings`: every setting as it stands; the gate's numbers changed while it runs."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from admin_app.actions import settings
from admin_app.actor import the_actor
from admin_app.json_body import sent_fields
from admin_app.parts import the_context
from admin_app.rules import Rule, under

blueprint = Blueprint("settings", __name__, url_prefix="/settings")


@blueprint.get("")
@under(Rule.ADMIN_JSON)
def list_settings() -> ResponseReturnValue:
    """Every setting, in the order of the file."""
    return jsonify(settings.listed(the_context()))


@blueprint.put("/<key>")
@under(Rule.ADMIN_JSON)
def change_setting(key: str) -> ResponseReturnValue:
    """`{"value"}` -> the setting; the gate obeys within a second."""
    fields = sent_fields()
    fields.only("value")
    return jsonify(settings.change(the_context(), the_actor(), key, fields.plain("value")))


@blueprint.delete("/<key>")
@under(Rule.ADMIN_JSON)
def reset_setting(key: str) -> ResponseReturnValue:
    """Back to what file, environment and options say -> the setting."""
    return jsonify(settings.reset(the_context(), the_actor(), key))
