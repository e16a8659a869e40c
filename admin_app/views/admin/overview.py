"""The first page of the panel: the live queue and the last requests."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from admin_app.actions import allow_list, invites, journal, keys
from admin_app.parts import the_context
from admin_app.rules import Rule, under
from admin_app.views.admin.section import render

blueprint = Blueprint("overview", __name__)
_JOURNAL_ROWS = 20


@blueprint.get("")
@under(Rule.ADMIN_PAGE)
def overview() -> ResponseReturnValue:
    """The queue, which needs a script to stay live, and the journal's newest rows."""
    context = the_context()
    is_new = not (keys.listed(context) or allow_list.listed(context) or len(invites.listed(context)) > 1)
    return render("overview", journal=journal.latest(context, _JOURNAL_ROWS), is_new=is_new)
