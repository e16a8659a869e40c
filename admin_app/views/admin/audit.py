"""The audit log: who did what to what, filtered by the address line, page by page."""

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import request
from flask.typing import ResponseReturnValue

from admin_app.actions import audit
from admin_app.parts import the_context
from admin_app.rules import Rule, under
from admin_app.shapes import Shape
from admin_app.views.admin.section import render, section

_FILTERS = ("actor", "action", "subject", "since", "until")
_ROWS = 50


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
        query=urlencode(given),
    )


blueprint = section("audit", _page)


@blueprint.get("")
@under(Rule.ADMIN_PAGE)
def show_audit() -> ResponseReturnValue:
    """The newest deeds that fit the filters."""
    return _page(audit.listed(the_context(), _wanted(request.args)))


def _wanted(asked: Mapping[str, str]) -> dict[str, str]:
    # One more than is shown tells whether there is another page.
    return {name: asked[name] for name in (*_FILTERS, "before") if name in asked} | {"limit": str(_ROWS + 1)}
