"""`/api/admin/statistics`: what the statistics page draws, for it and for scripts."""

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from admin_app.actions import statistics
from admin_app.downloads import csv_download, wants_csv
from admin_app.parts import the_context
from admin_app.rules import Rule, under
from admin_app.statistics_csv import as_csv, wanted_table
from admin_app.statistics_shapes import busiest

_MOST_ROWS = 200
blueprint = Blueprint("statistics", __name__)


@blueprint.get("/statistics")
@under(Rule.ADMIN_JSON)
def show_statistics() -> ResponseReturnValue:
    """`?range=1h|24h|7d|30d&format=&table=` -> waits, throughput, use and refusals; as CSV one table of them.

    Clients choose the names of models, so JSON tells the busiest 200 principals and models and the sums of the
    others; the tables have all.
    """
    is_csv, table = wants_csv(request.args), wanted_table(request.args)
    told = statistics.told(the_context(), request.args.get("range", statistics.USUAL_RANGE))
    if is_csv:
        return csv_download(as_csv(told, table), f"sluice-{table}-{told['range']}.csv")
    return jsonify(busiest(told, _MOST_ROWS))
