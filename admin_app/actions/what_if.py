"""What other numbers would have done to the waits of the last day.

The real arrivals of the journal are sent through the gate's own core once more; nothing is changed.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from addon.core.principal import PrincipalClass
from addon.core.replay import Arrival, WhatIf, replay
from addon.core.waits import summarize
from addon.settings import BasePriorities, Settings
from addon.settings.live import with_live
from addon.store.engine import reading
from addon.store.journal import last_arrived
from addon.store.live_settings import changed_live
from addon.store.models import JournalRow
from admin_app.context import WebContext
from admin_app.fields import Fields
from admin_app.shapes import Shape, wait_shape

MOST_REPLAYED = 50_000
_DAY_S = 24 * 3600


def what_if(context: WebContext, fields: Fields) -> Shape:
    """The last day's arrivals with the present numbers and with others; waits by class, before and after.

    `slots`, `aging_per_minute` and one base a class may be given; what is not stays as it is. Raises InputError.
    """
    with reading(context.engine) as session:
        rows = last_arrived(session, context.now() - _DAY_S, MOST_REPLAYED)
        present = _present(with_live(context.settings, changed_live(session)))
    other = _changed(present, fields)
    # Who left before they were admitted took no slot from anybody.
    admitted = [row for row in rows if row.ran_s > 0]
    arrivals = [_arrival(row) for row in admitted]
    before = _replayed(arrivals, present)
    return {
        "present": _numbers_shape(present),
        "tried": _numbers_shape(other),
        "requests": len(arrivals),
        "measured": _measured(admitted),
        "before": before,
        # The page is opened with nothing tried yet, and a busy day takes a second to replay.
        "after": before if other == present else _replayed(arrivals, other),
    }


def present_numbers(context: WebContext) -> Shape:
    """What `what_if` begins with: the slots, aging and bases as they are now."""
    with reading(context.engine) as session:
        return _numbers_shape(_present(with_live(context.settings, changed_live(session))))


def _measured(rows: Sequence[JournalRow]) -> Shape:
    waits_s: defaultdict[str, list[float]] = defaultdict(list)
    for row in rows:
        waits_s[row.principal_class].append(row.waited_s)
    return {kind: wait_shape(summarize(waits)) for kind, waits in waits_s.items()}


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


def _arrival(row: JournalRow) -> Arrival:
    return Arrival(row.arrived_at, row.principal_id, PrincipalClass(row.principal_class), row.base, row.ran_s)
