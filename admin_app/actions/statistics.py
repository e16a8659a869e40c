"""What went through the gate in the last hour, day, week or month.

Every figure is computed from the journal or its roll-ups and means what `FIGURES` says of it.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from addon.core.waits import summarize_counts
from addon.store.engine import reading
from addon.store.flow import Flow, flow_by_step
from addon.store.refusal_statistics import RefusalSteps, refusal_step_s, refusals_by_reason, refusals_by_step
from addon.store.roll_ups import start_of
from addon.store.statistics import (
    Counts,
    Use,
    use,
    wait_counts,
    waits_by_class,
)
from addon.store.stretch import Stretch
from admin_app.context import WebContext
from admin_app.errors import InputError
from admin_app.shapes import Shape, wait_shape


@dataclass(frozen=True, slots=True)
class Figure:
    """What a figure on the page is counted in, and what it says."""

    unit: str
    meaning: str


RANGES: Mapping[str, int] = {"1h": 3600, "24h": 24 * 3600, "7d": 7 * 24 * 3600, "30d": 30 * 24 * 3600}
FIGURES: Mapping[str, Figure] = {
    "requests": Figure("requests", "Those that had a ticket, by the time they arrived."),
    "failed": Figure(
        "requests",
        "Of these, the ones that did not end with a whole answer: cancelled, timed out, refused or broken.",
    ),
    "waited": Figure(
        "seconds",
        "From arrival to admission, of all that were admitted; percentiles by nearest rank, read from buckets "
        "that are at most 19 % wide.",
    ),
    "replayed": Figure("seconds", "The same, exactly, of the requests that were sent through the gate once more."),
    "measured": Figure(
        "seconds", "What these requests really waited, with the numbers that were in force when they came."
    ),
    "tokens_in": Figure("tokens", "What models read, as Ollama counted it."),
    "tokens_out": Figure("tokens", "What models wrote, as Ollama counted it, else the pieces of the answer."),
    "tokens_per_s": Figure(
        "tokens per second",
        "Tokens written in the step, divided by its seconds; those of one request evenly over its time in a slot.",
    ),
    "busy": Figure(
        "slots",
        "Seconds of the step in which requests held slots, divided by its seconds: the average. "
        "A request counts once it has ended.",
    ),
    "ran": Figure("seconds", "How long these requests held slots, all together."),
    "refusals": Figure("requests", "Those that were turned away, by reason; those without a ticket too."),
}
USUAL_RANGE = "24h"


def told(context: WebContext, name: str) -> Shape:
    """Everything one page of statistics shows. Raises InputError for an unknown range."""
    stretch = _stretch(context, name)
    with reading(context.engine) as session:
        counts, flows = wait_counts(session, stretch), flow_by_step(session, stretch)
        principals, models = use(session, stretch)
        refusals = refusals_by_step(session, stretch)
    return {
        "range": name,
        "since_at": stretch.since,
        "until_at": stretch.until,
        "step_s": stretch.step_s,
        "waits": {kind: wait_shape(summary) for kind, summary in waits_by_class(counts).items()},
        "steps": _steps(stretch, counts, flows),
        "principals": [_use_shape(one) for one in principals],
        "models": [_use_shape(one) for one in models],
        "refusals": refusals_by_reason(refusals),
        "refusal_step_s": refusal_step_s(stretch),
        "refusal_steps": _refusal_steps(stretch, refusals),
    }


def refused_in_last_hour(context: WebContext) -> int:
    """How many requests were turned away, by the roll-ups."""
    with reading(context.engine) as session:
        return sum(refusals_by_reason(refusals_by_step(session, _stretch(context, "1h"))).values())


def _stretch(context: WebContext, name: str) -> Stretch:
    if name not in RANGES:
        raise InputError(f"range must be one of {', '.join(RANGES)}.")
    now = context.now()
    return Stretch(now - RANGES[name], now)


def _steps(stretch: Stretch, counts: Counts, flows: Mapping[int, Flow]) -> list[Shape]:
    kinds = sorted({kind for _, kind in counts})
    nothing = Flow(0, 0, 0, 0, 0.0)
    return [
        {"at": at}
        | _flow_shape(flows.get(at, nothing), min(stretch.step_s, stretch.until - at))
        | {"waits": {kind: wait_shape(summarize_counts(counts.get((at, kind), {}))) for kind in kinds}}
        for at in range(stretch.first, math.ceil(stretch.until), stretch.step_s)
    ]


def _refusal_steps(stretch: Stretch, refusals: RefusalSteps) -> list[Shape]:
    step_s = refusal_step_s(stretch)
    first = start_of(stretch.since, step_s)
    return [
        {"at": at, "refusals": dict(refusals.get(at, {}))} for at in range(first, int(stretch.until) + 1, step_s)
    ]


def _flow_shape(flow: Flow, length_s: float) -> Shape:
    return {
        "requests": flow.requests,
        "failed": flow.failed,
        "tokens_in": flow.tokens_in,
        "tokens_out": flow.tokens_out,
        "tokens_per_s": flow.tokens_out / length_s,
        "busy": flow.ran_s / length_s,
    }


def _use_shape(one: Use) -> Shape:
    return {
        "id": one.name,
        "name": one.label,
        "requests": one.flow.requests,
        "failed": one.flow.failed,
        "tokens_in": one.flow.tokens_in,
        "tokens_out": one.flow.tokens_out,
        "ran_s": one.flow.ran_s,
    }
