"""API keys: made, looked at, rotated, revoked."""

import re
from functools import partial

from flask import request
from flask.typing import ResponseReturnValue

from admin_app.actions import journal, keys, users
from admin_app.actor import the_actor
from admin_app.fields import Fields
from admin_app.filtering import looked_for, matching
from admin_app.notes import Note
from admin_app.parts import the_context
from admin_app.row_words import shown
from admin_app.rules import Rule, under
from admin_app.typed import check_typed
from admin_app.views.admin.section import form_facts, go_to, kept, render, section, sent, show_once

_SAFE_MODEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}")


def _page() -> str:
    context = the_context()
    q = looked_for(request.args)
    facts = form_facts()
    found = matching(keys.listed(context), q, partial(shown, general_priority=facts["base"].custom_app))
    return render("keys", keys=found, q=q, owners=_owners(), model=_a_model(), **facts)


def _one(key_id: int) -> str:
    return render("key", key=keys.shown(the_context(), key_id), model=_a_model(), **form_facts())


blueprint = section("keys", _page, _one)


@blueprint.get("")
@under(Rule.ADMIN_PAGE)
def list_keys() -> ResponseReturnValue:
    """All keys; a fresh one is shown here once."""
    return _page()


@blueprint.get("/<int:key_id>")
@under(Rule.ADMIN_PAGE)
def show_key(key_id: int) -> ResponseReturnValue:
    """One key, with the forms to rotate and revoke it."""
    return _one(key_id)


@blueprint.post("")
@under(Rule.ADMIN_PAGE)
def add_key() -> ResponseReturnValue:
    """Make an API key; the next page shows it."""
    key = keys.add(the_context(), the_actor(), sent())
    return show_once(Note("key", str(key["name"]), str(key["key"])), "/admin/keys")


@blueprint.post("/<int:key_id>/change")
@under(Rule.ADMIN_PAGE)
def change_key(key_id: int) -> ResponseReturnValue:
    """What the key may do from now on; its end stays where the form says so."""
    form = request.form.copy()
    if form.get("expires_s") == "as it is":
        del form["expires_s"]
    keys.change(the_context(), the_actor(), key_id, Fields.from_form(form))
    return go_to(kept(f"/admin/keys/{key_id}"))


@blueprint.post("/<int:key_id>/rotate")
@under(Rule.ADMIN_PAGE)
def rotate_key(key_id: int) -> ResponseReturnValue:
    """Give a key a new text; the next page shows it. To end the old text at once, its name has to be typed."""
    form = sent().only("overlap_s", "typed")
    if form.whole("overlap_s", 0) == 0:
        check_typed(form, str(keys.shown(the_context(), key_id)["name"]))
    key = keys.rotate(the_context(), the_actor(), key_id, form.part("overlap_s"))
    return show_once(Note("key", str(key["name"]), str(key["key"])), f"/admin/keys/{key_id}")


@blueprint.post("/<int:key_id>/revoke")
@under(Rule.ADMIN_PAGE)
def revoke_key(key_id: int) -> ResponseReturnValue:
    """End an API key, once its name has been typed."""
    check_typed(sent().only("typed"), str(keys.shown(the_context(), key_id)["name"]))
    keys.revoke(the_context(), the_actor(), key_id)
    return go_to(kept("/admin/keys"))


def _owners() -> list[tuple[object, object]]:
    people = [(user["id"], user["name"]) for user in users.listed(the_context()) if user["state"] == "active"]
    return [("", "nobody: an app of the house"), *people]


def _a_model() -> str:
    """A model that examples can name: the one asked last."""
    latest = journal.latest(the_context(), 1)
    model = str(latest[0]["model"]) if latest else ""
    # Whoever has a key chooses what stands in the journal, and people paste the examples into a shell.
    return model if _SAFE_MODEL.fullmatch(model) else ""
