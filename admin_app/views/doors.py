"""The pages before somebody is signed in. Their scripts talk to /api/auth."""

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from admin_app.pages import is_at_admin_host, page_facts
from admin_app.rules import Rule, under

blueprint = Blueprint("doors", __name__)


@blueprint.get("/")
@under(Rule.ANYONE)
def root() -> ResponseReturnValue:
    """A person typed the address: the page of that name. (Programs at `/` are answered by Ollama itself.)"""
    return redirect("/admin" if is_at_admin_host() else "/chat")


@blueprint.get("/setup")
@under(Rule.ANYONE)
def setup() -> ResponseReturnValue:
    """Make the first administrator; the token stands in the fragment, which never reaches the server."""
    return render_template("register.html", is_setup=True, **page_facts())


@blueprint.get("/register")
@under(Rule.ANYONE)
def register() -> ResponseReturnValue:
    """Make an account with an invite."""
    return render_template("register.html", is_setup=False, **page_facts())


@blueprint.get("/reset")
@under(Rule.ANYONE)
def reset() -> ResponseReturnValue:
    """Choose a new password with a one-time link; its token stands in the fragment."""
    return render_template("reset.html", **page_facts())


@blueprint.get("/login")
@under(Rule.ANYONE)
def login() -> ResponseReturnValue:
    """Sign in."""
    return render_template("login.html", **page_facts())
