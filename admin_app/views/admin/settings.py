"""Settings: each with value and source; the gate's numbers changed here, tried first on the last day."""

from itertools import groupby

from flask import request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from admin_app.actions import settings, statistics
from admin_app.actor import the_actor
from admin_app.fields import Fields
from admin_app.parts import the_context
from admin_app.rules import Rule, under
from admin_app.shapes import Shape
from admin_app.views.admin.section import go_to, render, section, sent

_PATH = "/admin/settings"


def _page(tried: Shape | None = None) -> str:
    context = the_context()
    known = settings.listed(context)
    present = statistics.present_numbers(context)
    numbers = present if tried is None else tried["tried"]
    return render(
        "settings",
        sections=[(name, list(some)) for name, some in groupby(known, lambda one: one["section"])],
        editable=[one for one in known if one["is_live"]],
        sources=settings.SOURCES,
        tried=tried,
        numbers=numbers,
        figures=statistics.FIGURES,
        consequence=settings.consequence(context, present),
        other_consequence=settings.consequence(context, numbers) if tried else "",
    )


blueprint = section("settings", _page)


@blueprint.get("")
@under(Rule.ADMIN_PAGE)
def show_settings() -> ResponseReturnValue:
    """`?aging_per_minute=&slots=` and a base for each class: what they would have done to the last day."""
    # To replay a busy day takes seconds: only for those who ask.
    numbers = MultiDict(request.args)
    return _page(statistics.what_if(the_context(), Fields.from_form(numbers)) if numbers else None)


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
