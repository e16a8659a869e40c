"""The audit log: who did what to what, filtered by the address line, page by page."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from urllib.parse import urlencode

from flask import request
from flask.typing import ResponseReturnValue

from admin_app.actions import audit
from admin_app.audit_words import ACTIONS, changes, deed_words, field_words
from admin_app.errors import InputError
from admin_app.instants import instant_of
from admin_app.parts import the_context
from admin_app.rules import Rule, under
from admin_app.shapes import Shape
from admin_app.views.admin.section import render, section

_FILTERS = ("actor", "action", "subject", "since", "until")
_ROWS = 50
_DAYS = {"since": "From the start of", "until": "To the end of"}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WORDS = {"changes": changes, "deed_words": deed_words, "field_words": field_words, "actions": ACTIONS}


def _page(deeds: list[Shape] | None = None) -> str:
    given = {name: request.args[name] for name in _FILTERS if request.args.get(name)}
    shown = (deeds or [])[:_ROWS]
    older = {**given, "before": shown[-1]["id"]} if deeds and len(deeds) > _ROWS else None
    return render(
        "audit",
        deeds=shown,
        filters=given,
        older=older and urlencode(older),
        is_first="before" not in request.args,
        days=[name for name in _DAYS if _DAY.fullmatch(given.get(name, ""))],
        query=urlencode(given),
        exported=urlencode(given if deeds is None else _with_instants(given)),
        **_WORDS,
    )


blueprint = section("audit", _page)


@blueprint.get("")
@under(Rule.ADMIN_PAGE)
def show_audit() -> ResponseReturnValue:
    """The newest deeds that fit the filters."""
    return _page(audit.listed(the_context(), _wanted(request.args)))


def _wanted(asked: Mapping[str, str]) -> dict[str, str]:
    given = {name: asked[name] for name in (*_FILTERS, "before") if asked.get(name)}
    # One more than is shown tells whether there is another page.
    return _with_instants(given) | {"limit": str(_ROWS + 1)}


def _with_instants(given: Mapping[str, str]) -> dict[str, str]:
    """The filters as the log takes them: up to a day means up to its end. Raises InputError."""
    told = dict(given)
    for name, label in _DAYS.items():
        if text := given.get(name):
            try:
                instant_of(name, text)
                is_day = name == "until" and _DAY.fullmatch(text)
                told[name] = str(date.fromisoformat(text) + timedelta(days=1)) if is_day else text
            except (InputError, OverflowError) as error:
                sentence = f"“{label}” takes a day, such as 2026-08-01, and {text!r} is none."
                raise InputError(sentence) from error
    return told
