"""What went through the gate in the last hour, day, week or month.

Every figure is computed from the journal or its roll-ups and means what `FIGURES` says of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from addon.store.engine import Session, reading
from addon.store.flow import flow_by_step
from addon.store.refusal_statistics import refusal_step_s, refusals_by_reason, refusals_by_step
from addon.store.statistics import use, waits_by_class, waits_by_step
from addon.store.stretch import Stretch, stretch_to
from admin_app.actions.settings import in_force
from admin_app.context import WebContext
from admin_app.errors import InputError
from admin_app.shapes import Shape, wait_shape
from admin_app.statistics_shapes import refusal_step_shapes, step_shapes, use_shape


@dataclass(frozen=True, slots=True)
class Figure:
    """What a figure on the page is counted in, and what it says."""

    unit: str
    meaning: str


RANGES: Mapping[str, int] = {"1h": 3600, "24h": 24 * 3600, "7d": 7 * 24 * 3600, "30d": 30 * 24 * 3600}
_FROM_THE_STEP = (
    "Counted from the beginning of the step that the range begins in, so up to one step more than the range: a "
    "minute in 1h (ten where it holds very many requests), ten minutes in 24h, an hour in 7d, six hours in 30d."
)
_BEGUN = "A step that has only begun is divided by its seconds so far, by a quarter of a step at least."
FIGURES: Mapping[str, Figure] = {
    "requests": Figure("requests", f"Those that had a ticket, by the time they arrived. {_FROM_THE_STEP}"),
    "admitted": Figure(
        "requests",
        "Those that had a ticket and were given a slot; whoever left before that waited for nothing and has no "
        f"wait to tell. {_FROM_THE_STEP}",
    ),
    "failed": Figure(
        "requests",
        "Of these, the ones that did not end with a whole answer: cancelled, timed out, refused, broken off, or "
        "answered with an error of Ollama's.",
    ),
    "waited": Figure(
        "seconds, minutes or hours",
        "From arrival to admission, of all that were admitted; percentiles by nearest rank. They are read from "
        "counts by length, each length a fifth longer than the one before: at most a fifth above or below the "
        "true figure, most of them much nearer, and then told in two digits. A wait of up to a millisecond counts "
        "as 0.",
    ),
    "replayed": Figure(
        "seconds, minutes or hours",
        "The same, of the requests that were sent through the gate once more, computed from each of their waits.",
    ),
    "measured": Figure(
        "seconds, minutes or hours",
        "What these requests really waited, with the numbers that were in force when they came, computed from "
        "each of their waits.",
    ),
    "sent_again": Figure("requests", "How many of this class were sent through the gate once more."),
    "tokens_in": Figure("tokens", "What models read, as Ollama counted it."),
    "tokens_out": Figure("tokens", "What models wrote, as Ollama counted it, else the pieces of the answer."),
    "tokens_per_s": Figure(
        "tokens per second",
        "Tokens written in the step, divided by its seconds; those of one request evenly over its time in a slot. "
        f"{_BEGUN}",
    ),
    "busy": Figure(
        "slots",
        "Seconds of the step in which requests held slots, divided by its seconds: the average. "
        f"A request counts once it has ended. {_BEGUN}",
    ),
    "unanswered": Figure(
        "requests",
        "Those that left before Ollama answered, and those that named a model it does not have: such names are "
        "not kept, for there is no end to them.",
    ),
    "ran": Figure("seconds, minutes or hours", "How long these requests held slots, all together."),
    "refusals": Figure(
        "requests",
        "Those that were turned away, by reason; those without a ticket too. They are counted by spans of ten "
        "minutes, of an hour in 7d and of six hours in 30d, from the beginning of the span that the range begins "
        "in: the last 1h is up to 70 minutes, and every longer range up to one span longer too.",
    ),
}
USUAL_RANGE = "24h"


def told(context: WebContext, name: str) -> Shape:
    """Everything one page of statistics shows. Raises InputError for an unknown range."""
    with reading(context.engine) as session:
        stretch = _stretch(context, session, name)
        waits, flows = waits_by_step(session, stretch), flow_by_step(session, stretch)
        principals, models = use(session, stretch)
        refusals = refusals_by_step(session, stretch)
        upstreams = in_force(context.settings, session).upstreams
    return {
        "range": name,
        "since_at": stretch.since,
        "until_at": stretch.until,
        "step_s": stretch.step_s,
        "slots": sum(upstream.slots for upstream in upstreams),
        "waits": {kind: wait_shape(summary) for kind, summary in waits_by_class(waits).items()},
        "steps": step_shapes(stretch, waits, flows),
        "principals": [use_shape(one) for one in principals],
        "models": [use_shape(one) for one in models],
        "refusals": refusals_by_reason(refusals),
        "refusal_step_s": refusal_step_s(stretch),
        "refusal_steps": refusal_step_shapes(stretch, refusals),
    }


def refused_in_last_hour(context: WebContext) -> int:
    """How many requests were turned away, by the roll-ups."""
    stretch = Stretch(context.now() - RANGES["1h"], context.now())
    with reading(context.engine) as session:
        return sum(refusals_by_reason(refusals_by_step(session, stretch)).values())


def _stretch(context: WebContext, session: Session, name: str) -> Stretch:
    if name not in RANGES:
        raise InputError(f"range must be one of {', '.join(RANGES)}.")
    return stretch_to(session, context.now(), RANGES[name])
