"""What other numbers would have done to the waits of the last day.

The real arrivals of the journal are sent through the gate's own core once more; nothing is changed. A busy day
takes seconds of a processor, so one is replayed at a time.
"""

import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from addon.core.principal import Principal, PrincipalClass
from addon.core.replay import Arrival, WhatIf, replay, without_places
from addon.core.waits import summarize
from addon.settings import BasePriorities, Settings
from addon.store.engine import reading
from addon.store.journal import Run, last_runs
from addon.store.policy_loader import load_principals
from addon.store.statistics import admitted_and_not
from admin_app.actions.settings import in_force
from admin_app.context import WebContext
from admin_app.errors import BusyError
from admin_app.fields import Fields
from admin_app.shapes import Shape, wait_shape

MOST_REPLAYED = 50_000
_DAY_S = 24 * 3600
_CLASSES = frozenset(PrincipalClass)
_replaying = threading.Lock()


def what_if(context: WebContext, fields: Fields) -> Shape:
    """The last day's arrivals with the present numbers and with others; waits by class, before and after.

    Those that were never admitted took no slot from anybody and are left out, and of more than MOST_REPLAYED the
    earlier ones: `never_admitted` and `earlier` say how many, `since_at` when the first of the others came.
    `slots`, `aging_per_minute` and one base a class may be given; what is not stays as it is. Raises InputError,
    BusyError while another one is replayed.
    """
    with reading(context.engine) as session:
        present = _present(in_force(context.settings, session))
        other = _changed(present, fields)
    if not _replaying.acquire(blocking=False):
        raise BusyError("Another day is being replayed. Try again in a few seconds.")
    try:
        return _tried(context, present, other)
    finally:
        _replaying.release()


def present_numbers(context: WebContext) -> Shape:
    """What `what_if` begins with: the slots, aging and bases as they are now."""
    with reading(context.engine) as session:
        return _numbers_shape(_present(in_force(context.settings, session)))


def _tried(context: WebContext, present: WhatIf, other: WhatIf) -> Shape:
    now = context.now()
    with reading(context.engine) as session:
        runs = last_runs(session, now - _DAY_S, now, MOST_REPLAYED)
        admitted, never_admitted = admitted_and_not(session, now - _DAY_S, now)
        known = load_principals(session, context.settings.queue.base)
    arrivals = _arrivals(runs, known)
    before = _replayed(arrivals, present)
    return {
        "present": _numbers_shape(present),
        "tried": _numbers_shape(other),
        "requests": len(arrivals),
        "never_admitted": never_admitted,
        "earlier": admitted - len(runs),
        "since_at": min((run.arrived_at for run in runs), default=now - _DAY_S),
        "measured": _measured(runs),
        "before": before,
        "after": before if other == present else _replayed(arrivals, other),
    }


def _measured(runs: Iterable[Run]) -> Shape:
    waits_s: defaultdict[str, list[float]] = defaultdict(list)
    for run in runs:
        waits_s[run.principal_class].append(run.waited_s)
    return {kind: wait_shape(summarize(waits)) for kind, waits in waits_s.items()}


def _arrivals(runs: Iterable[Run], known: Mapping[str, Principal]) -> Sequence[Arrival]:
    principals = {name: without_places(principal) for name, principal in known.items()}

    def of(run: Run) -> Principal:
        if run.principal_id not in principals:
            # Whoever is gone is under no limit any longer.
            gone = Principal(run.principal_id, "", PrincipalClass(run.principal_class), run.base)
            principals[run.principal_id] = gone
        return principals[run.principal_id]

    # A class that only a later release knows has no place in this one's gate.
    return [
        Arrival(run.arrived_at, of(run), run.base, run.ran_s) for run in runs if run.principal_class in _CLASSES
    ]


def _replayed(arrivals: Sequence[Arrival], numbers: WhatIf) -> Shape:
    return {kind: wait_shape(summary) for kind, summary in replay(arrivals, numbers).items()}


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
