"""The first page of the panel: whether all is well, in one look, and the last requests."""

from collections.abc import Mapping

from flask import Blueprint
from flask.typing import ResponseReturnValue

from admin_app.actions import allow_list, invites, keys
from admin_app.actions.overview import tiles, told
from admin_app.gate_now import ask
from admin_app.parts import the_context, the_parts
from admin_app.rules import Rule, under
from admin_app.views.admin.section import render

blueprint = Blueprint("overview", __name__)
FIGURES: Mapping[str, str] = {
    "Gate": "open admits requests; paused lets them wait; draining takes no new ones.",
    "Slots in use": "Requests that run, of how many may run at once.",
    "Waiting": "Requests that have no slot yet, now.",
    "Oldest wait": "How long the one that waits longest has waited.",
    "Ollama": "Whether it answers the gate, asked every five seconds, and its version or since when it does not.",
    "Tokens/s": "Pieces of all answers that came in the last five seconds, per second; about one token each.",
    "Refused": "Requests that were turned away in the last hour, whatever the reason, with or without a ticket; "
    "counted by spans of ten minutes, so up to ten minutes more.",
}
REQUESTS: Mapping[str, str] = {
    "Arrived": "When its head had come.",
    "Waited": "In seconds, from then until it was admitted, or left.",
    "Ran": "In seconds, for how long it held its slot.",
    "Tokens in, Tokens out": "What the model read and wrote, as Ollama counted it, else the pieces of the answer.",
    "Status": "The HTTP status that its client was given.",
    "State": "How it ended: done, failed, cancelled by its client or in the panel, timed out, refused.",
}


@blueprint.get("")
@under(Rule.ADMIN_PAGE)
def overview() -> ResponseReturnValue:
    """What to see to, the figures, which a script keeps live, and the journal's newest rows."""
    context = the_context()
    is_new = not (keys.listed(context) or allow_list.listed(context) or len(invites.listed(context)) > 1)
    gate = ask(context.settings.data_dir)
    return render(
        "overview",
        is_new=is_new,
        tiles=tiles(gate, context.now()),
        figures=FIGURES,
        requests=REQUESTS,
        **told(context, the_parts().self_check, gate),
    )
