"""`/api/admin/overview`, `/stats`, `/audit`, `/concerns`: how all is, what was asked and done. Read only."""

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from admin_app.actions import audit, concerns, journal, overview
from admin_app.audit_csv import as_csv
from admin_app.downloads import csv_download, wants_csv
from admin_app.gate_now import ask
from admin_app.parts import the_context, the_parts
from admin_app.rules import Rule, under

blueprint = Blueprint("records", __name__)


@blueprint.get("/stats")
@under(Rule.ADMIN_JSON)
def stats() -> ResponseReturnValue:
    """`?since=` -> sums and the newest rows of the journal."""
    return jsonify(journal.stats(the_context(), request.args.get("since")))


@blueprint.get("/audit")
@under(Rule.ADMIN_JSON)
def list_audit() -> ResponseReturnValue:
    """`?actor=&action=&subject=&since=&until=&before=&limit=&format=` -> the newest deeds that fit."""
    is_table = wants_csv(request.args)
    filters = request.args.to_dict()
    filters.pop("format", None)
    deeds = audit.listed(the_context(), filters)
    return csv_download(as_csv(deeds), "sluice-audit.csv") if is_table else jsonify(deeds)


@blueprint.get("/overview")
@under(Rule.ADMIN_JSON)
def show_overview() -> ResponseReturnValue:
    """What the overview shows beside the gate's own figures, and when it was so."""
    context = the_context()
    return jsonify(overview.told(context, the_parts().self_check, ask(context.settings.data_dir)))


@blueprint.get("/concerns")
@under(Rule.ADMIN_JSON)
def list_concerns() -> ResponseReturnValue:
    """What an owner should see to, the upstreams among it."""
    return jsonify(concerns.told(the_context(), the_parts().self_check))
