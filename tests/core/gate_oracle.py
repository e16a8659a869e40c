"""What a gate has to do, by brute force: exact fractions, plain lists, everything looked at every time.

The oracle shares no code with the gate beyond the values they exchange. A test tells it what it does to the gate;
`settle` then judges the effects that came back.
"""

from dataclasses import dataclass, field
from fractions import Fraction

from addon.core.effects import Abort, Admit, Effect, Refuse
from addon.core.gate import GateState
from addon.core.limits import GateLimits
from addon.core.principal import Principal
from addon.core.refusal import Reason
from addon.core.ticket import Ticket

US_PER_S = 1_000_000
US_PER_MINUTE = 60_000_000


@dataclass(eq=False)
class Known:
    """What the oracle remembers of one live ticket; `bumped` counts up with every bump in the house."""

    ticket: Ticket
    arrived_us: int
    sequence: int
    bumped: int = 0
    admitted_us: int = 0
    last_byte_us: int | None = None
    is_aborted: bool = False


@dataclass
class Oracle:
    """The rules of the gate, as the README and the gate's docstring state them."""

    limits: GateLimits
    state: GateState = GateState.OPEN
    waiting: list[Known] = field(default_factory=list[Known])
    running: list[Known] = field(default_factory=list[Known])
    admissions: int = 0
    releases: int = 0
    arrivals: int = 0
    bumps: int = 0

    # What it thinks

    def effective(self, known: Known, now_us: int) -> Fraction:
        """Base - rate x minutes waited."""
        minutes = Fraction(now_us - known.arrived_us, US_PER_MINUTE)
        return known.ticket.base - Fraction(str(self.limits.aging_per_minute)) * minutes

    def line(self, now_us: int) -> list[Known]:
        """Who waits: the bumped, the latest bump first, then the best; the earlier arrival breaks ties."""
        return sorted(
            self.waiting, key=lambda known: (-known.bumped, self.effective(known, now_us), known.sequence)
        )

    def may_run(self, ticket: Ticket) -> bool:
        """Whether the ticket would be admitted if it were first in line now."""
        has_slot = self.state is GateState.OPEN and len(self.running) < self.limits.slots
        return has_slot and all(
            limit is None or _of(who, self.running) < limit for who, _, limit in _quotas(ticket.principal)
        )

    def next(self, now_us: int) -> Known | None:
        """Who has to be admitted now."""
        return next((known for known in self.line(now_us) if self.may_run(known.ticket)), None)

    def find(self, ticket: Ticket) -> Known | None:
        """A live ticket: this very one, not a namesake."""
        return next((known for known in [*self.waiting, *self.running] if known.ticket is ticket), None)

    def refuses(self, ticket: Ticket) -> Reason | None:
        """Why a newcomer must not even wait."""
        if any(known.ticket.id == ticket.id for known in [*self.waiting, *self.running]):
            return Reason.TICKET_TAKEN
        if self.state is GateState.DRAINING:
            return Reason.DRAINING
        if self.may_run(ticket):
            return None
        general = self.limits.max_waiting_per_principal
        for who, limit, _ in _quotas(ticket.principal):
            if _of(who, self.waiting) >= (general if limit is None else limit):
                return Reason.OWN_LIMIT
        return Reason.QUEUE_FULL if len(self.waiting) >= self.limits.max_waiting else None

    def expires_us(self, known: Known) -> int:
        """When a waiting ticket has waited too long."""
        return known.arrived_us + round(self.limits.max_wait_s[known.ticket.principal.principal_class] * US_PER_S)

    def due(self, known: Known) -> tuple[int, Reason]:
        """When a running ticket must be aborted, and why."""
        held_us = known.admitted_us + round(self.limits.max_hold_s * US_PER_S)
        if known.last_byte_us is None:
            silent_us = known.admitted_us + round(self.limits.first_byte_timeout_s * US_PER_S)
            return (
                (silent_us, Reason.FIRST_BYTE_TIMEOUT) if silent_us <= held_us else (held_us, Reason.HELD_TOO_LONG)
            )
        silent_us = known.last_byte_us + round(self.limits.idle_timeout_s * US_PER_S)
        return (silent_us, Reason.IDLE_TIMEOUT) if silent_us <= held_us else (held_us, Reason.HELD_TOO_LONG)

    def next_deadline_us(self) -> int | None:
        """The first instant at which `tick` has something to do."""
        waits = [self.expires_us(known) for known in self.waiting]
        return min(waits + [self.due(known)[0] for known in self.running if not known.is_aborted], default=None)

    # What it is told

    def take(self, ticket: Ticket) -> None:
        """A newcomer that is not refused."""
        self.arrivals += 1
        self.waiting.append(Known(ticket, ticket.arrived_us, self.arrivals))

    def forget(self, known: Known) -> None:
        """A live ticket that ends now."""
        if known in self.waiting:
            self.waiting.remove(known)
        else:
            self.running.remove(known)
            self.releases += 1

    def bump(self, known: Known, now_us: int) -> None:
        """To the front, ahead of everybody, those still to come included."""
        if known in self.waiting and not (known.bumped and self.line(now_us)[0] is known):
            self.bumps += 1
            known.bumped = self.bumps

    # How it judges

    def settle(
        self,
        effects: list[Effect],
        now_us: int,
        *,
        refused: dict[str, Reason] | None = None,
        aborted: dict[str, Reason] | None = None,
    ) -> None:
        """Check the effects of one call: exactly these refusals and aborts, and every admission that is due."""
        refuses = {effect.ticket.id: effect.refusal.reason for effect in effects if isinstance(effect, Refuse)}
        aborts = {effect.ticket.id: effect.refusal.reason for effect in effects if isinstance(effect, Abort)}
        assert (refuses, aborts) == (refused or {}, aborted or {})
        admits = [effect.ticket for effect in effects if isinstance(effect, Admit)]
        assert len(admits) + len(refuses) + len(aborts) == len(effects)
        for ticket in admits:
            self._admit(ticket, now_us)
        assert self.next(now_us) is None, "a slot is free and an admissible ticket waits"

    def _admit(self, ticket: Ticket, now_us: int) -> None:
        chosen = self.next(now_us)
        assert chosen is not None
        assert chosen.ticket is ticket, "somebody else was next"
        assert not any(self._passed(chosen, left_behind) for left_behind in self.waiting)
        self.waiting.remove(chosen)
        self.running.append(chosen)
        chosen.admitted_us = now_us
        self.admissions += 1

    def _passed(self, chosen: Known, other: Known) -> bool:
        # Unless one is bumped, a principal's requests of one base are served in the order they came.
        is_same_line = (chosen.ticket.principal.id, chosen.ticket.base) == (
            other.ticket.principal.id,
            other.ticket.base,
        )
        return is_same_line and chosen.bumped == 0 and other.sequence < chosen.sequence


def _quotas(principal: Principal) -> list[tuple[str, int | None, int | None]]:
    own = [(principal.id, principal.max_waiting, principal.max_running)]
    owner = principal.owners
    return own if owner is None else [*own, (owner.id, owner.max_waiting, owner.max_running)]


def _of(who: str, tickets: list[Known]) -> int:
    """How many of these are this asker's, or those of a key of theirs."""
    return sum(who in {name for name, _, _ in _quotas(known.ticket.principal)} for known in tickets)
