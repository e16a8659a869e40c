"""The queue as JSON, for `/gate/…` and the command line."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from addon.core.aging import US_PER_S
from addon.core.ahead import ahead_by_class
from addon.core.estimate import Estimate, Forecast
from addon.core.gate import Gate, GateState
from addon.core.limits import GateLimits
from addon.core.principal import Principal, PrincipalClass
from addon.core.ticket import Ticket, TicketState
from addon.core.why import Why
from addon.proxy.steering import Standing

type Row = dict[str, object]

_LEAST_STREAMED_S = 0.5
"""Before that a speed says more about the first piece than about the model."""


@dataclass(frozen=True, slots=True)
class _Place:
    ticket: Ticket
    position: int
    estimate: Estimate
    ahead: Mapping[PrincipalClass, int]


@dataclass(frozen=True)
class LiveView:
    """The queue at one instant. `tokens` counts the pieces of the running answers, by ticket; `standing` is for
    administrators, and so is `now_at`, the same instant on the clock that `standing` is told by.

    What takes a look at every waiting ticket is made once, however many ask.
    """

    gate: Gate
    forecast: Forecast
    upstream: str
    tokens: Mapping[str, int]
    now_us: int
    standing: Standing
    now_at: float

    def queue(self, seen_by: Principal | None) -> Row:
        """State, slots, and the tickets `seen_by` may see: None (the owner) and admins all, others their own."""
        if _sees_all(seen_by):
            return self._everything
        waiting = [
            self._waiting_row(place) for place in self._places.values() if _is_visible(place.ticket, seen_by)
        ]
        running = [self._running_row(ticket) for ticket in self.gate.running if _is_visible(ticket, seen_by)]
        return self._totals | {"waiting": waiting, "running": running}

    def ticket(self, ticket: Ticket, seen_by: Principal) -> Row:
        """One ticket, live or ended lately. Which administrator ended it is for administrators."""
        state: Row = {"state": ticket.state.value}
        if ticket.state is TicketState.WAITING:
            return state | self._waiting_row(self._places[ticket.id])
        row = state | {"waited_s": _seconds(ticket.waited_us(self.now_us))} | self._running_row(ticket)
        if ticket.is_live:
            return row
        is_anothers = ":" in ticket.ended_by and ticket.ended_by != seen_by.id and not seen_by.is_admin
        return row | {"ended_by": "administrator" if is_anothers else ticket.ended_by}

    @cached_property
    def _everything(self) -> Row:
        waiting = [self._waiting_row(place) for place in self._places.values()]
        self._explain(waiting)
        running = [self._running_row(ticket) for ticket in self.gate.running]
        # Ages are told by one clock: that of whoever looks may be off.
        standing: Row = {"at": self.now_at, "since_at": self.standing.since_at, "by": self.standing.by}
        return self._totals | standing | {"waiting": waiting, "running": running}

    @property
    def _totals(self) -> Row:
        gate, used = self.gate, len(self.gate.running)
        return {
            "state": gate.state.value,
            "slots": {"total": gate.limits.slots, "used": used},
            "totals": {"waiting": len(gate.waiting), "running": used},
        }

    def _explain(self, rows: list[Row]) -> None:
        gate = self.gate
        why = Why(gate.limits.aging_per_minute, self.now_us, is_admitting=gate.state is GateState.OPEN)
        above: Ticket | None = None
        is_above_held = False
        for ticket, row in zip(gate.waiting, rows, strict=True):
            held_to = gate.own_limit_reached(ticket)
            row["why"] = why.of(ticket, above, held_to=held_to, is_above_held=is_above_held)
            above, is_above_held = ticket, held_to is not None

    @cached_property
    def _places(self) -> Mapping[str, _Place]:
        """Those who wait, in their order, by ticket."""
        gate, waiting = self.gate, self.gate.waiting
        estimates = self.forecast.of_waiting(waiting, gate.running, gate.limits.slots, self.now_us)
        told = zip(waiting, estimates, ahead_by_class(waiting), strict=True)
        return {
            ticket.id: _Place(ticket, position, estimate, ahead)
            for position, (ticket, estimate, ahead) in enumerate(told, 1)
        }

    def _waiting_row(self, place: _Place) -> Row:
        ticket, estimate = place.ticket, place.estimate
        # While nobody is admitted there is nothing to estimate.
        is_moving = self.gate.state is GateState.OPEN
        return {
            "ticket": ticket.id,
            "position": place.position,
            "ahead": {each.value: count for each, count in place.ahead.items()},
            "principal": ticket.principal.label,
            "class": ticket.principal.principal_class.value,
            "model": ticket.model,
            "base": ticket.base,
            "effective": self._effective(ticket),
            "bumped": ticket.is_bumped,
            "waited_s": _seconds(ticket.waited_us(self.now_us)),
            "eta_low_s": round(estimate.low_s, 1) if is_moving else None,
            "eta_high_s": round(estimate.high_s, 1) if is_moving else None,
        }

    def _running_row(self, ticket: Ticket) -> Row:
        ended_us = self.now_us if ticket.ended_us is None else ticket.ended_us
        ran_us = 0 if ticket.admitted_us is None else ended_us - ticket.admitted_us
        return {
            "ticket": ticket.id,
            "principal": ticket.principal.label,
            "class": ticket.principal.principal_class.value,
            "model": ticket.model,
            "base": ticket.base,
            "effective": self._effective(ticket),
            "upstream": self.upstream,
            "running_s": _seconds(ran_us),
            "tokens": self.tokens.get(ticket.id, 0),
            "tokens_per_s": self._speed(ticket),
        }

    def _speed(self, ticket: Ticket) -> float | None:
        """Pieces a second since the first one; None while there is nothing to divide by."""
        if ticket.first_byte_us is None or not ticket.is_live:
            return None
        streamed_s = (self.now_us - ticket.first_byte_us) / US_PER_S
        return round(self.tokens.get(ticket.id, 0) / streamed_s, 1) if streamed_s >= _LEAST_STREAMED_S else None

    def _effective(self, ticket: Ticket) -> float:
        return round(ticket.effective(self.now_us, self.gate.limits.aging_per_minute), 3)


def own_limits(principal: Principal, limits: GateLimits) -> Row:
    """What this principal may have at once, and how long it may wait."""
    general, quotas = limits.max_waiting_per_principal, principal.quotas
    return {
        "max_waiting": min(general if quota.max_waiting is None else quota.max_waiting for quota in quotas),
        "max_running": min((most for quota in quotas if (most := quota.max_running) is not None), default=None),
        "max_wait_s": limits.max_wait_s[principal.principal_class],
        "models": None if principal.models is None else sorted(principal.models),
    }


def _is_visible(ticket: Ticket, seen_by: Principal | None) -> bool:
    return _sees_all(seen_by) or (seen_by is not None and ticket.principal.id == seen_by.id)


def _sees_all(seen_by: Principal | None) -> bool:
    return seen_by is None or seen_by.is_admin


def _seconds(duration_us: int) -> float:
    return round(duration_us / US_PER_S, 3)
