"""Accounts: looked at, changed, signed out, removed; the last administrator stays."""

from collections.abc import Callable
from functools import partial

from flask import request
from flask.typing import ResponseReturnValue

from addon.store.engine import Actor
from admin_app.actions import invites, keys, users
from admin_app.actor import the_actor
from admin_app.context import WebContext
from admin_app.filtering import looked_for, matching
from admin_app.notes import Note
from admin_app.parts import the_context
from admin_app.row_words import shown
from admin_app.rules import Rule, under
from admin_app.shapes import Shape
from admin_app.typed import check_typed
from admin_app.views.admin.section import form_facts, go_to, kept, render, section, sent, show_once

_PATH = "/admin/users"


def _list() -> str:
    q = looked_for(request.args)
    facts = form_facts()
    words = partial(shown, general_priority=facts["base"].web_chat)
    return render("users", users=matching(users.listed(the_context()), q, words), q=q, **facts)


def _one(user_id: int) -> str:
    context = the_context()
    user = users.shown(context, user_id)
    owned = [key for key in keys.listed(context) if key["user_id"] == user_id]
    return render("user", user=user, keys=owned, invite=_invite_of(user), **form_facts())


def _invite_of(user: Shape) -> Shape | None:
    return next((one for one in invites.listed(the_context()) if one["id"] == user["invite_id"]), None)


blueprint = section("users", _list, _one)


@blueprint.get("")
@under(Rule.ADMIN_PAGE)
def list_users() -> ResponseReturnValue:
    """All accounts."""
    return _list()


@blueprint.get("/<int:user_id>")
@under(Rule.ADMIN_PAGE)
def show_user(user_id: int) -> ResponseReturnValue:
    """One account, with everything that can be done about it."""
    return _one(user_id)


@blueprint.post("/<int:user_id>/disable")
@under(Rule.ADMIN_PAGE)
def disable_user(user_id: int) -> ResponseReturnValue:
    """Switch an account off; its sessions end."""
    return _done(users.disable, user_id)


@blueprint.post("/<int:user_id>/enable")
@under(Rule.ADMIN_PAGE)
def enable_user(user_id: int) -> ResponseReturnValue:
    """Switch an account on again."""
    return _done(users.enable, user_id)


@blueprint.post("/<int:user_id>/promote")
@under(Rule.ADMIN_PAGE)
def promote_user(user_id: int) -> ResponseReturnValue:
    """Make somebody an administrator."""
    return _done(users.promote, user_id)


@blueprint.post("/<int:user_id>/demote")
@under(Rule.ADMIN_PAGE)
def demote_user(user_id: int) -> ResponseReturnValue:
    """Make somebody an administrator no more."""
    return _done(users.demote, user_id)


@blueprint.post("/<int:user_id>/change")
@under(Rule.ADMIN_PAGE)
def change_user(user_id: int) -> ResponseReturnValue:
    """Change what somebody may do."""
    users.change(the_context(), the_actor(), user_id, sent())
    return go_to(kept(f"{_PATH}/{user_id}"))


@blueprint.post("/<int:user_id>/reset-password")
@under(Rule.ADMIN_PAGE)
def reset_password(user_id: int) -> ResponseReturnValue:
    """Make a link for a new password; the next page shows it."""
    sent().only()
    reset = users.reset_password(the_context(), the_actor(), user_id)
    return show_once(Note("reset", str(reset["name"]), str(reset["link"])), f"{_PATH}/{user_id}")


@blueprint.post("/<int:user_id>/sign-out")
@under(Rule.ADMIN_PAGE)
def sign_out_user(user_id: int) -> ResponseReturnValue:
    """End all sessions of somebody."""
    sent().only()
    users.sign_out(the_context(), the_actor(), user_id)
    return show_once(Note("done", "Signed out", "All sessions have ended."), f"{_PATH}/{user_id}")


@blueprint.post("/<int:user_id>/delete")
@under(Rule.ADMIN_PAGE)
def delete_user(user_id: int) -> ResponseReturnValue:
    """Remove an account, once its name has been typed."""
    name = str(users.shown(the_context(), user_id)["name"])
    check_typed(sent().only("typed"), name)
    users.delete(the_context(), the_actor(), user_id)
    return show_once(Note("done", "Deleted", f"The account {name} is gone, with all that belonged to it."), _PATH)


def _done(switch: Callable[[WebContext, Actor, int], Shape], user_id: int) -> ResponseReturnValue:
    sent().only()
    switch(the_context(), the_actor(), user_id)
    return go_to(kept(f"{_PATH}/{user_id}"))
