"""`/api/admin/stats` and `/api/admin/audit`: what was asked, and who changed what. Read only."""

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from admin_app.actions import audit, journal
from admin_app.audit_csv import as_csv
from admin_app.errors import InputError
from admin_app.parts import the_context
from admin_app.rules import Rule, under

blueprint = Blueprint("records", __name__)
_FORMATS = ("json", "csv")


@blueprint.get("/stats")
@under(Rule.ADMIN_JSON)
def stats() -> ResponseReturnValue:
    """`?since=` -> sums and the newest rows of the journal."""
    return jsonify(journal.stats(the_context(), request.args.get("since")))


@blueprint.get("/audit")
@under(Rule.ADMIN_JSON)
def list_audit() -> ResponseReturnValue:
    """`?actor=&action=&subject=&since=&until=&before=&limit=&format=` -> the newest deeds that fit."""
    filters = request.args.to_dict()
    form = filters.pop("format", "json")
    if form not in _FORMATS:
        raise InputError(f"format must be one of {', '.join(_FORMATS)}.")
    deeds = audit.listed(the_context(), filters)
    if form == "json":
        return jsonify(deeds)
    response = Response(as_csv(deeds), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="sluice-audit.csv"'
    return response
