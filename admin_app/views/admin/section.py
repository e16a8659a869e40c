"""What the administrator's pages have in common: errors on top of the page, secrets shown once, the way back."""

from collections.abc import Callable
from typing import TypedDict

from flask import Blueprint, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from addon.core.overtaking import overtaking_by_priority
from addon.core.principal import DEFAULT_SCOPES, Scope
from addon.settings import BasePriorities
from addon.store.engine import reading
from addon.store.errors import StoreError
from admin_app.actions.settings import in_force
from admin_app.errors import InputError, UnknownError, status_of
from admin_app.fields import Fields
from admin_app.filtering import looked_for, with_filter
from admin_app.guard import is_asked_elsewhere, the_identity
from admin_app.notes import Note
from admin_app.pages import page_facts
from admin_app.parts import the_context, the_parts


class FormFacts(TypedDict):
    """What the forms need: scopes to tick, the classes' own priorities, and what each priority means."""

    scopes: list[Scope]
    default_scopes: frozenset[Scope]
    base: BasePriorities
    overtaking: dict[int, str]


def section(name: str, page: Callable[[], str], one: Callable[[int], str] | None = None) -> Blueprint:
    """The blueprint of the pages at `/admin/NAME`.

    Whatever goes wrong is said on top of `page`, or of the page of the `one` thing that was acted on.
    """
    blueprint = Blueprint(name, __name__, url_prefix=f"/{name}")

    def show_error(error: InputError | StoreError) -> ResponseReturnValue:
        g.admin_error = str(error)
        return _acted_on(one) or page(), status_of(error)

    blueprint.register_error_handler(InputError, show_error)
    blueprint.register_error_handler(StoreError, show_error)
    return blueprint


def _acted_on(one: Callable[[int], str] | None) -> str | None:
    """The page of the thing whose id stands in the path; None where there is none, or it is not there."""
    ids: list[int] = list((request.view_args or {}).values())
    try:
        return one(ids[0]) if one and ids else None
    except UnknownError:
        return None


def the_note() -> Note | None:
    """What this page has to show once, if it is really seen by whoever it is for."""
    # Flask answers HEAD by the same view.
    is_seen = request.method == "GET" and not is_asked_elsewhere()
    return the_parts().notes.take(the_identity().session_id or "", request.path) if is_seen else None


def given_to(action: str) -> MultiDict[str, str]:
    """What was typed into the form with this action, if it has just gone wrong; other forms stay as they are."""
    is_wrong = g.get("admin_error") is not None and request.path == action
    return MultiDict(request.form) if is_wrong else MultiDict[str, str]()


def render(template: str, **facts: object) -> str:
    """A page with what is new or went wrong; after an error the form holds what was typed."""
    return render_template(
        f"admin/{template}.html",
        error=g.get("admin_error"),
        note=the_note(),
        given_to=given_to,
        kept=kept,
        public_url=the_context().settings.gate.public_url,
        **page_facts(),
        **facts,
    )


def form_facts() -> FormFacts:
    """What the forms need, by the settings as they are now."""
    context = the_context()
    with reading(context.engine) as session:
        queue = in_force(context.settings, session).queue
    others = {
        "coding tools": queue.base.direct_api,
        "apps": queue.base.custom_app,
        "the chat page": queue.base.web_chat,
    }
    return FormFacts(
        scopes=list(Scope),
        default_scopes=DEFAULT_SCOPES,
        base=queue.base,
        overtaking=overtaking_by_priority(others, queue.aging_per_minute),
    )


def sent() -> Fields:
    """The form that was sent."""
    return Fields.from_form(request.form)


def kept(path: str) -> str:
    """The path, with the words that this request filters its list by."""
    return with_filter(path, looked_for(request.args))


def go_to(path: str) -> ResponseReturnValue:
    """Send the browser to a page by GET."""
    return redirect(path, 303)


def show_once(note: Note, path: str, place: str = "note") -> ResponseReturnValue:
    """Send the browser to a page that shows this, at a place of it, and nobody else and never again."""
    the_parts().notes.put(the_identity().session_id or "", path, note)
    return redirect(f"{kept(path)}#{place}", 303)
