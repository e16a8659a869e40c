"""Settings: each with value and source; the gate's numbers changed here, tried first on the last day."""

from collections.abc import Mapping
from typing import cast

from flask import request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from admin_app.actions import settings, statistics, users, what_if
from admin_app.actor import the_actor
from admin_app.fields import Fields
from admin_app.filtering import looked_for, matching
from admin_app.guard import is_asked_elsewhere
from admin_app.notes import Note
from admin_app.parts import the_context
from admin_app.rules import Rule, under
from admin_app.setting_words import live_groups, restart_groups, shown, told
from admin_app.shapes import Shape
from admin_app.views.admin.section import render, section, sent, show_once

_PATH = "/admin/settings"
_STEEPER = 10


def _aging(numbers: object) -> float:
    return float(cast("Mapping[str, float]", numbers)["aging_per_minute"])


def _page(tried: Shape | None = None) -> str:
    context = the_context()
    q = looked_for(request.args)
    known = matching([told(one) for one in settings.listed(context)], q, shown)
    present = what_if.present_numbers(context)
    numbers = present if tried is None else tried["tried"]
    aging = _aging(present)
    return render(
        "settings",
        q=q,
        shown_keys=[one["key"] for one in known],
        live=live_groups(known),
        restart=restart_groups(known),
        configured=settings.configured(context),
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
    one = settings.change(the_context(), the_actor(), key, settings.value_of(form.needed_text("value")))
    return _said(f"{key} is {one['value']} now.", key)


@blueprint.post("/reset")
@under(Rule.ADMIN_PAGE)
def reset_setting() -> ResponseReturnValue:
    """`key`: back to what file, environment and options say."""
    form = sent()
    form.only("key")
    key = form.needed_text("key")
    one = settings.reset(the_context(), the_actor(), key)
    return _said(f"{key} is {one['value']} again." if one["value"] is not None else f"{key} is forgotten.", key)


def _said(sentence: str, key: str) -> ResponseReturnValue:
    return show_once(Note("said", key, sentence), _PATH, key)
