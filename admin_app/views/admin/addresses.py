"""Addresses: allowed, switched, tried, imported, removed; never your own without asking once more."""

from collections.abc import Callable
from functools import partial

from flask import request
from flask.typing import ResponseReturnValue

from admin_app.actions import allow_list
from admin_app.actor import the_actor, the_address
from admin_app.filtering import looked_for, matching
from admin_app.notes import Note
from admin_app.parts import the_context
from admin_app.row_words import shown
from admin_app.rules import Rule, under
from admin_app.shapes import Shape
from admin_app.typed import check_typed
from admin_app.views.admin.section import form_facts, go_to, kept, render, section, sent, show_once

_PATH = "/admin/addresses"


def _page(tested: Shape | None = None) -> str:
    q = looked_for(request.args)
    facts = form_facts()
    words = partial(shown, general_priority=facts["base"].direct_api)
    rules = matching(allow_list.listed(the_context()), q, words)
    return render("addresses", rules=rules, q=q, tested=tested, own_address=the_address(), **facts)


def _one(rule_id: int) -> str:
    return render("address", rule=allow_list.shown(the_context(), rule_id), **form_facts())


blueprint = section("addresses", _page, _one)


@blueprint.get("")
@under(Rule.ADMIN_PAGE)
def list_rules() -> ResponseReturnValue:
    """The allow-list; `?address=` says which rule lets that one in."""
    wanted = request.args.get("address", "").strip()
    return _page(allow_list.test_address(the_context(), wanted) if wanted else None)


@blueprint.post("")
@under(Rule.ADMIN_PAGE)
def add_rule() -> ResponseReturnValue:
    """Allow an address or network."""
    allow_list.add(the_context(), the_actor(), sent())
    return go_to(_PATH)


@blueprint.post("/import")
@under(Rule.ADMIN_PAGE)
def import_rules() -> ResponseReturnValue:
    """Allow a whole list, or nothing of it."""
    count = len(allow_list.import_list(the_context(), the_actor(), sent()))
    said = "1 address was added." if count == 1 else f"{count} addresses were added."
    return show_once(Note("done", "Imported", said), _PATH)


@blueprint.get("/<int:rule_id>")
@under(Rule.ADMIN_PAGE)
def show_rule(rule_id: int) -> ResponseReturnValue:
    """One rule, with the form to change it."""
    return _one(rule_id)


@blueprint.post("/<int:rule_id>/change")
@under(Rule.ADMIN_PAGE)
def change_rule(rule_id: int) -> ResponseReturnValue:
    """What the rule allows from now on."""
    allow_list.change(the_context(), the_actor(), rule_id, sent())
    return go_to(kept(f"{_PATH}/{rule_id}"))


@blueprint.post("/<int:rule_id>/enable")
@under(Rule.ADMIN_PAGE)
def enable_rule(rule_id: int) -> ResponseReturnValue:
    """Let a rule count again."""
    sent().only()
    allow_list.switch(the_context(), the_actor(), rule_id, is_enabled=True)
    return go_to(kept(_PATH))


@blueprint.post("/<int:rule_id>/disable")
@under(Rule.ADMIN_PAGE)
def disable_rule(rule_id: int) -> ResponseReturnValue:
    """Let a rule rest."""
    return _unless_locked_out(
        rule_id, "Disable", lambda: allow_list.switch(the_context(), the_actor(), rule_id, is_enabled=False)
    )


@blueprint.post("/<int:rule_id>/remove")
@under(Rule.ADMIN_PAGE)
def remove_rule(rule_id: int) -> ResponseReturnValue:
    """Take a rule off the list, once its address has been typed; the warning carries on what was."""
    check_typed(sent().only("confirm", "typed"), str(allow_list.shown(the_context(), rule_id)["cidr"]))
    return _unless_locked_out(rule_id, "Remove", lambda: allow_list.remove(the_context(), the_actor(), rule_id))


def _unless_locked_out(rule_id: int, verb: str, act: Callable[[], object]) -> ResponseReturnValue:
    """Do it, unless it would shut out whoever asks: then ask once more, and change nothing yet."""
    form = sent().only("confirm", "typed")
    if not form.flag("confirm") and allow_list.shuts_out(the_context(), rule_id, the_address()):
        facts = {"rule_id": rule_id, "verb": verb, "own_address": the_address(), "typed": form.text("typed")}
        return render("lock_out", **facts), 409
    act()
    return go_to(kept(_PATH))
