"""Settings: each with value and source; the gate's numbers changed here, tried first on the last day."""

from collections.abc import Mapping
from itertools import groupby
from typing import cast

from flask import request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from admin_app.actions import settings, statistics, users, what_if
from admin_app.actor import the_actor
from admin_app.fields import Fields
from admin_app.guard import is_asked_elsewhere
from admin_app.parts import the_context
from admin_app.rules import Rule, under
from admin_app.shapes import Shape
from admin_app.views.admin.section import go_to, render, section, sent

_PATH = "/admin/settings"
_STEEPER = 10


def _aging(numbers: object) -> float:
    return float(cast("Mapping[str, float]", numbers)["aging_per_minute"])


def _page(tried: Shape | None = None) -> str:
    context = the_context()
    known = settings.listed(context)
    present = what_if.present_numbers(context)
    numbers = present if tried is None else tried["tried"]
    aging = _aging(present)
    return render(
        "settings",
        sections=[(name, list(some)) for name, some in groupby(known, lambda one: one["section"])],
        editable=[one for one in known if one["is_live"]],
        sources=settings.SOURCES,
        names={f"user:{user['id']}": user["name"] for user in users.listed(context)},
        tried=tried,
        numbers=numbers,
        figures=statistics.FIGURES,
        most_replayed=what_if.MOST_REPLAYED,
        consequence=settings.consequence(context, aging),
        # What a much steeper rate would mean tells what the number does.
        comparison=settings.consequence(context, aging * _STEEPER if aging else 1),
        other_consequence=settings.consequence(context, _aging(numbers)) if tried else "",
    )


blueprint = section("settings", _page)


@blueprint.get("")
@under(Rule.ADMIN_PAGE)
def show_settings() -> ResponseReturnValue:
    """`?aging_per_minute=&slots=` and a base for each class: what they would have done to the last day."""
    known = what_if.present_numbers(the_context())
    numbers = MultiDict((name, text) for name, text in request.args.items() if name in known)
    # To replay a busy day takes seconds: only for those who ask here.
    is_asked = bool(numbers) and not is_asked_elsewhere()
    return _page(what_if.what_if(the_context(), Fields.from_form(numbers)) if is_asked else None)


@blueprint.post("/change")
@under(Rule.ADMIN_PAGE)
def change_setting() -> ResponseReturnValue:
    """`key` and `value`."""
    form = sent()
    form.only("key", "value")
    key = form.needed_text("key")
    settings.change(the_context(), the_actor(), key, settings.value_of(form.needed_text("value")))
    return go_to(f"{_PATH}#{key}")


@blueprint.post("/reset")
@under(Rule.ADMIN_PAGE)
def reset_setting() -> ResponseReturnValue:
    """`key`: back to what file, environment and options say."""
    form = sent()
    form.only("key")
    key = form.needed_text("key")
    settings.reset(the_context(), the_actor(), key)
    return go_to(f"{_PATH}#{key}")
