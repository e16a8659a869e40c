"""The administrator's JSON: for scripts with a key of scope admin, and for pages."""

from flask import Blueprint

from admin_app.views.admin_json import addresses, invites, keys, records, settings, statistics, users

blueprint = Blueprint("admin_json", __name__, url_prefix="/api/admin")
for module in (addresses, invites, keys, users, records, statistics, settings):
    blueprint.register_blueprint(module.blueprint)
