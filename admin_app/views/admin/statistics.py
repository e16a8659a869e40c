"""Statistics: the last hour, day, week or month, and what other numbers would have done."""

from collections.abc import Mapping
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from addon.core.refusal import Reason
from admin_app.actions import principal_pages, statistics, what_if
from admin_app.durations import about, lasting
from admin_app.errors import InputError
from admin_app.fields import Fields
from admin_app.guard import is_asked_elsewhere
from admin_app.parts import the_context
from admin_app.rules import Rule, under
from admin_app.shapes import Shape
from admin_app.statistics_shapes import busiest
from admin_app.views.admin.section import render, section

_MOST_ROWS = 50
SENTENCES: Mapping[str, str] = {reason.code: reason.value.sentence.replace("{detail}", "…") for reason in Reason}
"""What each refusal says, without what it says of a single request."""


def _page(tried: Shape | None = None) -> str:
    name = request.args.get("range", statistics.USUAL_RANGE)
    context = the_context()
    every = statistics.told(context, name if name in statistics.RANGES else statistics.USUAL_RANGE)
    told: Any = busiest(every, _MOST_ROWS)
    return render(
        "statistics",
        told=told,
        whose=principal_pages.whose(context, [row["id"] for row in told["principals"]]),
        sentences=SENTENCES,
        ranges=statistics.RANGES,
        figures=statistics.FIGURES,
        most_replayed=what_if.MOST_REPLAYED,
        tried=tried,
        numbers=what_if.present_numbers(context) if tried is None else tried["tried"],
    )


blueprint = section("statistics", _page)
blueprint.add_app_template_filter(about, "about")
blueprint.add_app_template_filter(lasting, "lasting")


@blueprint.get("")
@under(Rule.ADMIN_PAGE)
def show_statistics() -> ResponseReturnValue:
    """`?range=24h`, and for the what-if its numbers: `slots`, `aging_per_minute`, a base for each class."""
    _check_range(request.args.get("range", statistics.USUAL_RANGE))
    numbers = MultiDict((name, value) for name, value in request.args.items() if name != "range")
    # To replay a busy day takes seconds: only for those who ask here.
    return _page(
        what_if.what_if(the_context(), Fields.from_form(numbers)) if numbers and not is_asked_elsewhere() else None
    )


def _check_range(name: str) -> None:
    if name not in statistics.RANGES:
        *most, last = statistics.RANGES
        raise InputError(
            f"There is no range {name[:20]!r}. Choose {', '.join(most)} or {last}; "
            f"shown are the last {statistics.USUAL_RANGE}."
        )
