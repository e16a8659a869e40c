"""The live queue: who runs, who waits and why, and the administrator's hand on it.

The page asks the gate itself (`/gate/…`) and so needs a script; the same is done by commands at a terminal.
"""

from collections.abc import Mapping

from flask import Blueprint
from flask.typing import ResponseReturnValue

from admin_app.rules import Rule, under
from admin_app.views.admin.section import render

blueprint = Blueprint("queue", __name__)
FIGURES: Mapping[str, str] = {
    "Place": "1 is admitted next, when a slot is free.",
    "Priority": "The base it came with → the effective priority now: base less what waiting has earned. "
    "Lower goes first.",
    "Waited, Runs for": "Time since it came, and time since it was admitted.",
    "Still": "Time until its turn, as a range: the low end if nobody better comes, the high end if better "
    "ones keep coming as in the last ten minutes. Nothing while nobody is admitted.",
    "Tokens": "Pieces of the answer so far; about one token each.",
    "Tokens/s": "Pieces divided by the seconds since the first one. Nothing in the first half second.",
    "Slots": "How many requests run at once. It should equal Ollama's OLLAMA_NUM_PARALLEL, which Ollama tells "
    "nobody: with more slots than that, requests wait inside Ollama, in no order.",
    "Bump": "To the very front, before every number; only a later bump gets ahead.",
    "Put at priority": "Gives it another base priority, from 0 (soonest) to 9; what it has waited still counts.",
}


@blueprint.get("/queue")
@under(Rule.ADMIN_PAGE)
def live_queue() -> ResponseReturnValue:
    """The page; its script fills it."""
    return render("queue", figures=FIGURES)
