"""How many requests were turned away for which reason in a stretch of time.

Promise: those without a ticket are counted too. Refusals are kept as sums only, of ten minutes at the finest, so
the steps of a short stretch are longer here than those of its requests.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from addon.store.models import RefusalRollUp
from addon.store.roll_ups import FINE_S
from addon.store.stretch import Stretch

type RefusalSteps = Mapping[int, Mapping[str, int]]
"""Refusals by the beginning of the step, then by the code of the reason; steps without one are left out."""


def refusal_step_s(stretch: Stretch) -> int:
    """The length of one step of refusals: that of the stretch, ten minutes at least."""
    return max(stretch.step_s, FINE_S)


def refusals_by_step(session: Session, stretch: Stretch) -> RefusalSteps:
    """How many requests were refused for which reason, step by step."""
    step_s = refusal_step_s(stretch)
    rolled = select(RefusalRollUp.start_at, RefusalRollUp.reason, RefusalRollUp.refusals).where(
        RefusalRollUp.period_s == step_s,
        RefusalRollUp.start_at >= stretch.starts(step_s)[0],
        RefusalRollUp.start_at < stretch.until,
    )
    found: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for start_at, reason, refusals in session.execute(rolled):
        found[start_at][reason] = refusals
    return found


def refusals_by_reason(steps: RefusalSteps) -> Mapping[str, int]:
    """The whole stretch, reason by reason, the most frequent first."""
    counts: Counter[str] = Counter()
    for by_reason in steps.values():
        counts.update(by_reason)
    return dict(counts.most_common())
