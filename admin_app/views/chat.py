"""The chat page: one static file for signed-in people. Everything in it talks to the gate."""

from flask import Blueprint, make_response
from flask.typing import ResponseReturnValue

from admin_app.rules import Rule, under
from admin_app.views.static import chat_index

blueprint = Blueprint("chat", __name__)


@blueprint.get("/chat")
@under(Rule.SIGNED_IN_PAGE)
def chat() -> ResponseReturnValue:
    """The page."""
    response = make_response(chat_index())
    # Whether it is shown at all depends on who asks.
    response.headers["Cache-Control"] = "no-store"
    return response
