"""What went through the gate in the last hour, day, week or month; and what would have, with other numbers.

Every figure is computed from the journal or its roll-ups and means what `FIGURES` says of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from addon.core.principal import PrincipalClass
from addon.core.replay import Arrival, WhatIf, replay
from addon.core.waits import WaitSummary, summarize_counts
from addon.settings import BasePriorities, Settings
from addon.settings.live import with_live
from addon.store.engine import reading
from addon.store.journal import recent
from addon.store.live_settings import changed_live
from addon.store.models import JournalRow
from addon.store.statistics import (
    Counts,
    Flow,
    Stretch,
    Use,
    flow_by_step,
    refusals_by_reason,
    use_by_model,
    use_by_principal,
    wait_counts,
    waits_by_class,
)
from admin_app.context import WebContext
from admin_app.errors import InputError
from admin_app.fields import Fields
from admin_app.shapes import Shape


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
        "From arrival to admission, of all that were not refused; percentiles by nearest rank, read from buckets "
        "that are at most 19 % wide.",
    ),
    "replayed": Figure("seconds", "The same, exactly, of the requests that were sent through the gate once more."),
    "tokens_in": Figure("tokens", "What models read, as Ollama counted it."),
    "tokens_out": Figure("tokens", "What models wrote, as Ollama counted it, else the pieces of the answer."),
    "tokens_per_s": Figure("tokens per second", "Tokens written, divided by the seconds of the step."),
    "busy": Figure(
        "slots", "Seconds in which requests held slots, divided by the seconds of the step: the average."
    ),
    "ran": Figure("seconds", "How long these requests held slots, all together."),
    "refusals": Figure("requests", "Those that were turned away, by reason; those without a ticket too."),
}
USUAL_RANGE = "24h"
_DAY_S = 24 * 3600
_MOST_REPLAYED = 50_000


def told(context: WebContext, name: str) -> Shape:
    """Everything one page of statistics shows. Raises InputError for an unknown range."""
    stretch = _stretch(context, name)
    with reading(context.engine) as session:
        counts, flows = wait_counts(session, stretch), flow_by_step(session, stretch)
        principals, models = use_by_principal(session, stretch), use_by_model(session, stretch)
        refusals = refusals_by_reason(session, stretch)
    return {
        "range": name,
        "since_at": stretch.since,
        "until_at": stretch.until,
        "step_s": stretch.step_s,
        "waits": {kind: _wait_shape(summary) for kind, summary in waits_by_class(counts).items()},
        "steps": _steps(stretch, counts, flows),
        "principals": [_use_shape(use) for use in principals],
        "models": [_use_shape(use) for use in models],
        "refusals": dict(sorted(refusals.items(), key=lambda one: -one[1])),
    }


def refused_in_last_hour(context: WebContext) -> int:
    """How many requests were turned away, by the roll-ups."""
    with reading(context.engine) as session:
        return sum(refusals_by_reason(session, _stretch(context, "1h")).values())


def what_if(context: WebContext, fields: Fields) -> Shape:
    """The last day's arrivals with the present numbers and with others; waits by class, before and after.

    `slots`, `aging_per_minute` and one base a class may be given; what is not stays as it is. Raises InputError.
    """
    with reading(context.engine) as session:
        rows = recent(session, context.now() - _DAY_S, _MOST_REPLAYED)
        present = _present(with_live(context.settings, changed_live(session)))
    other = _changed(present, fields)
    arrivals = [_arrival(row) for row in rows]
    before = _replayed(arrivals, present)
    return {
        "present": _numbers_shape(present),
        "tried": _numbers_shape(other),
        "requests": len(arrivals),
        "before": before,
        # The page is opened with nothing tried yet, and a busy day takes a second to replay.
        "after": before if other == present else _replayed(arrivals, other),
    }


def present_numbers(context: WebContext) -> Shape:
    """What `what_if` begins with: the slots, aging and bases as they are now."""
    with reading(context.engine) as session:
        return _numbers_shape(_present(with_live(context.settings, changed_live(session))))


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
        | _flow_shape(flows.get(at, nothing), stretch.step_s)
        | {"waits": {kind: _wait_shape(summarize_counts(counts.get((at, kind), {}))) for kind in kinds}}
        for at in range(stretch.first, int(stretch.until) + 1, stretch.step_s)
    ]


def _flow_shape(flow: Flow, step_s: int) -> Shape:
    return {
        "requests": flow.requests,
        "failed": flow.failed,
        "tokens_in": flow.tokens_in,
        "tokens_out": flow.tokens_out,
        "tokens_per_s": flow.tokens_out / step_s,
        "busy": flow.ran_s / step_s,
    }


def _use_shape(use: Use) -> Shape:
    return {
        "id": use.name,
        "name": use.label,
        "requests": use.flow.requests,
        "failed": use.flow.failed,
        "tokens_in": use.flow.tokens_in,
        "tokens_out": use.flow.tokens_out,
        "ran_s": use.flow.ran_s,
    }


def _wait_shape(summary: WaitSummary) -> Shape:
    return {
        "requests": summary.requests,
        "p50_s": summary.p50_s,
        "p95_s": summary.p95_s,
        "p99_s": summary.p99_s,
    }


def _replayed(arrivals: Sequence[Arrival], numbers: WhatIf) -> Shape:
    return {kind: _wait_shape(summary) for kind, summary in replay(arrivals, numbers).items()}


def _present(settings: Settings) -> WhatIf:
    usual = _bases(settings.queue.base)
    return WhatIf(settings.upstreams[0].slots, settings.queue.aging_per_minute, usual, usual)


def _bases(base: BasePriorities) -> Mapping[PrincipalClass, int]:
    return {kind: int(getattr(base, kind.value)) for kind in PrincipalClass}


def _changed(present: WhatIf, fields: Fields) -> WhatIf:
    fields.only("slots", "aging_per_minute", *(kind.value for kind in PrincipalClass))
    aging = fields.number("aging_per_minute", 0, 1000)
    base = {kind: fields.whole(kind.value, 0, 9) for kind in PrincipalClass}
    return WhatIf(
        slots=fields.whole("slots", 1, 1024) or present.slots,
        aging_per_minute=present.aging_per_minute if aging is None else aging,
        base={kind: present.base[kind] if given is None else given for kind, given in base.items()},
        usual=present.usual,
    )


def _numbers_shape(numbers: WhatIf) -> Shape:
    bases: Shape = {kind.value: base for kind, base in numbers.base.items()}
    return {"slots": numbers.slots, "aging_per_minute": numbers.aging_per_minute} | bases


def _arrival(row: JournalRow) -> Arrival:
    return Arrival(row.arrived_at, row.principal_id, PrincipalClass(row.principal_class), row.base, row.ran_s)
