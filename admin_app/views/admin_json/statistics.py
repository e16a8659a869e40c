"""`/api/admin/statistics`: what the statistics page draws, for it and for scripts."""

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from admin_app.actions import statistics
from admin_app.errors import InputError
from admin_app.parts import the_context
from admin_app.rules import Rule, under
from admin_app.statistics_csv import as_csv

blueprint = Blueprint("statistics", __name__)
_FORMATS = ("json", "csv")


@blueprint.get("/statistics")
@under(Rule.ADMIN_JSON)
def show_statistics() -> ResponseReturnValue:
    """`?range=1h|24h|7d|30d&format=` -> waits, throughput, use and refusals."""
    form = request.args.get("format", "json")
    if form not in _FORMATS:
        raise InputError(f"format must be one of {', '.join(_FORMATS)}.")
    told = statistics.told(the_context(), request.args.get("range", statistics.USUAL_RANGE))
    if form == "json":
        return jsonify(told)
    response = Response(as_csv(told), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="sluice-statistics.csv"'
    return response
