"""The admin page: everything on one page, readable without script but for the live queue."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from addon.core.principal import DEFAULT_SCOPES, Scope
from admin_app.actions import allow_list, invites, journal, keys, users
from admin_app.guard import the_identity
from admin_app.notes import Note
from admin_app.pages import page_facts
from admin_app.parts import the_context, the_parts
from admin_app.rules import Rule, under

blueprint = Blueprint("admin_page", __name__)
_JOURNAL_ROWS = 20


@blueprint.get("/admin")
@under(Rule.ADMIN_PAGE)
def admin() -> ResponseReturnValue:
    """The page; it shows a fresh key or link once."""
    # Flask answers HEAD by this view too, and nobody would see the note.
    is_shown = request.method == "GET"
    note = the_parts().notes.take(the_identity().session_id or "") if is_shown else None
    return render_admin_page(note)


def render_admin_page(note: Note | None = None, error: str | None = None) -> str:
    """The whole page as of now, with what is new or what went wrong."""
    context = the_context()
    return render_template(
        "admin.html",
        note=note,
        error=error,
        rules=allow_list.listed(context),
        invites=invites.listed(context),
        keys=keys.listed(context),
        users=users.listed(context),
        journal=journal.latest(context, _JOURNAL_ROWS),
        scopes=list(Scope),
        default_scopes=DEFAULT_SCOPES,
        base=context.settings.queue.base,
        public_url=context.settings.gate.public_url,
        **page_facts(),
    )
