"""The administrator's pages, one module a subject. All of them work without JavaScript, but for the live queue."""

from flask import Blueprint

from admin_app.views.admin import (
    addresses,
    audit,
    invites,
    keys,
    overview,
    queue,
    settings,
    statistics,
    upstreams,
    users,
)

blueprint = Blueprint("admin", __name__, url_prefix="/admin")
for module in (overview, queue, statistics, upstreams, keys, addresses, invites, users, audit, settings):
    blueprint.register_blueprint(module.blueprint)
