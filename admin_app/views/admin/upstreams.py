"""The Ollama servers: up or down, and their models in memory and on disk."""

from collections.abc import Mapping, Sequence

from flask import Blueprint
from flask.typing import ResponseReturnValue

from admin_app.control import ControlError
from admin_app.parts import the_context
from admin_app.rules import Rule, under
from admin_app.upstreams import (
    Upstream,
    advice_on_slots,
    ask_for_upstreams,
    failures,
    on_gpu,
    size,
    slots_above,
    stays,
    trouble,
)
from admin_app.views.admin.section import render
from admin_app.words import span

_WORDS = {
    "advice_on_slots": advice_on_slots,
    "failures": failures,
    "on_gpu": on_gpu,
    "size": size,
    "slots_above": slots_above,
    "span": span,
    "stays": stays,
    "trouble": trouble,
}
MODELS: Mapping[str, str] = {
    "Memory": "What Ollama takes for the model and its context, in RAM and on GPUs.",
    "On GPU": "How much of that is on GPUs: all, none, or percent.",
    "Context": "In tokens, how much the model was loaded to read at once.",
    "Leaves": "When Ollama lets go of it, unless it is used again.",
    "Size": "What it takes on Ollama's disk.",
    "Parameters, Quantization": "How large the model is and how its weights are stored, as Ollama tells it.",
    "Changed": "When it was last pulled or made.",
}
blueprint = Blueprint("upstreams", __name__, url_prefix="/upstreams")


@blueprint.get("")
@under(Rule.ADMIN_PAGE)
def show_upstreams() -> ResponseReturnValue:
    """Everything the gate knows; its script loads and removes models by the gate's own routes."""
    context = the_context()
    told: Sequence[Upstream] = ()
    why = ""
    try:
        told = ask_for_upstreams(context.settings.data_dir)
    except ControlError as error:
        why = str(error)
    return render("upstreams", upstreams=told, why=why, meanings_of_models=MODELS, now=context.now(), **_WORDS)
