"""Statistics: the last hour, day, week or month, and what other numbers would have done."""

from flask import request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from admin_app.actions import statistics, what_if
from admin_app.fields import Fields
from admin_app.guard import is_asked_elsewhere
from admin_app.parts import the_context
from admin_app.rules import Rule, under
from admin_app.shapes import Shape
from admin_app.views.admin.section import render, section


def _page(tried: Shape | None = None) -> str:
    name = request.args.get("range", statistics.USUAL_RANGE)
    context = the_context()
    told = statistics.told(context, name if name in statistics.RANGES else statistics.USUAL_RANGE)
    numbers = what_if.present_numbers(context) if tried is None else tried["tried"]
    return render(
        "statistics",
        told=told,
        ranges=statistics.RANGES,
        figures=statistics.FIGURES,
        most_replayed=what_if.MOST_REPLAYED,
        tried=tried,
        numbers=numbers,
    )


blueprint = section("statistics", _page)


@blueprint.get("")
@under(Rule.ADMIN_PAGE)
def show_statistics() -> ResponseReturnValue:
    """`?range=24h`, and for the what-if its numbers: `slots`, `aging_per_minute`, a base for each class."""
    numbers = MultiDict((name, value) for name, value in request.args.items() if name != "range")
    # To replay a busy day takes seconds: only for those who ask here.
    return _page(
        what_if.what_if(the_context(), Fields.from_form(numbers)) if numbers and not is_asked_elsewhere() else None
    )
