"""A ticket: one request's place in the queue, from arrival to its end.

    waiting ─► admitted ─► streaming ─► done
       │           │            ├► failed      (upstream broke, or answered with an error)
       │           │            ├► cancelled   (its client left)
       │           │            └► timed_out   (idle, or held too long)
       │           └► failed | cancelled | timed_out
       ├► cancelled (client gone, or withdrawn by its owner or an administrator)
       ├► timed_out (waited longer than its class may)
       └► refused   (the gate shuts down)

A slot is held exactly in {admitted, streaming}. Ended states never change.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from addon.core.aging import effective_priority
from addon.core.principal import Principal


class TicketState(StrEnum):
    """Where a ticket stands."""

    WAITING = "waiting"
    ADMITTED = "admitted"
    STREAMING = "streaming"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"
    REFUSED = "refused"


HOLDS_SLOT = frozenset({TicketState.ADMITTED, TicketState.STREAMING})
LIVE_STATES = HOLDS_SLOT | {TicketState.WAITING}
ENDED_STATES = frozenset(TicketState) - LIVE_STATES


@dataclass(slots=True)
class Ticket:
    """One request's place. Only the Gate changes it. Instants are microseconds of one monotonic clock.

    `order_key` and `sequence` fix its place; `position_at_arrival` is what its client was told. `bump` counts
    up with every ticket that is sent to the front: the latest is before all others, 0 is none. `answers_json` says
    that an answer in one piece is JSON.
    """

    id: str
    principal: Principal
    model: str
    path: str
    base: int
    arrived_us: int
    is_streamed: bool = False
    answers_json: bool = True
    order_key: int = 0
    sequence: int = 0
    bump: int = 0
    position_at_arrival: int = 0
    state: TicketState = TicketState.WAITING
    admitted_us: int | None = None
    first_byte_us: int | None = None
    last_byte_us: int | None = None
    ended_us: int | None = None
    ended_by: str = field(default="", compare=False)

    @property
    def holds_slot(self) -> bool:
        """Whether it occupies one of the upstream's slots."""
        return self.state in HOLDS_SLOT

    @property
    def is_live(self) -> bool:
        """Whether it is waiting or running."""
        return self.state in LIVE_STATES

    @property
    def is_bumped(self) -> bool:
        """Whether somebody sent it to the front."""
        return self.bump > 0

    @property
    def place(self) -> tuple[int, int, int]:
        """What the queue is sorted by."""
        return -self.bump, self.order_key, self.sequence

    def waited_us(self, now_us: int) -> int:
        """How long it has waited, or did wait before it was admitted or gave up."""
        known = (instant for instant in (self.admitted_us, self.ended_us) if instant is not None)
        return next(known, now_us) - self.arrived_us

    def effective(self, now_us: int, aging_per_minute: float) -> float:
        """The priority as people read it: now, or when it was admitted. Behind the bumped, the line follows it."""
        return effective_priority(self.base, self.waited_us(now_us), aging_per_minute)
