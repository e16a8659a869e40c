"""`/api/admin/statistics`: what the statistics page draws, for it and for scripts."""

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from admin_app.actions import statistics
from admin_app.downloads import csv_download, wants_csv
from admin_app.parts import the_context
from admin_app.rules import Rule, under
from admin_app.statistics_csv import as_csv, wanted_table

blueprint = Blueprint("statistics", __name__)


@blueprint.get("/statistics")
@under(Rule.ADMIN_JSON)
def show_statistics() -> ResponseReturnValue:
    """`?range=1h|24h|7d|30d&format=&table=` -> waits, throughput, use and refusals; as CSV one table of them."""
    is_csv, table = wants_csv(request.args), wanted_table(request.args)
    told = statistics.told(the_context(), request.args.get("range", statistics.USUAL_RANGE))
    return csv_download(as_csv(told, table), f"sluice-{table}-{told['range']}.csv") if is_csv else jsonify(told)
