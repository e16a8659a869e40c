"""The queue as JSON, for `/gate/…` and the command line."""

from addon.core.aging import US_PER_S, effective_priority
from addon.core.gate import Gate
from addon.core.principal import Principal
from addon.core.ticket import Ticket, TicketState


def queue_view(
    gate: Gate, upstream: str, tokens: dict[str, int], now_us: int, seen_by: Principal | None
) -> object:
    """State, slots, and the tickets `seen_by` may see: None (the owner) and admins all, others their own."""
    sees_all = seen_by is None or seen_by.is_admin

    def is_visible(ticket: Ticket) -> bool:
        return sees_all or (seen_by is not None and ticket.principal.id == seen_by.id)

    running, waiting = gate.running, gate.waiting
    return {
        "state": gate.state.value,
        "slots": {"total": gate.limits.slots, "used": len(running)},
        "totals": {"waiting": len(waiting), "running": len(running)},
        "waiting": [
            _waiting_row(gate, ticket, place, now_us)
            for place, ticket in enumerate(waiting, 1)
            if is_visible(ticket)
        ],
        "running": [
            _running_row(ticket, upstream, tokens.get(ticket.id, 0), now_us)
            for ticket in running
            if is_visible(ticket)
        ],
    }


def ticket_view(gate: Gate, ticket: Ticket, upstream: str, tokens: int, now_us: int) -> object:
    """One ticket, live or ended lately."""
    if ticket.state is TicketState.WAITING:
        return {"state": ticket.state.value} | _waiting_row(gate, ticket, gate.position(ticket), now_us)
    row: dict[str, object] = {
        "state": ticket.state.value,
        "waited_s": _seconds(ticket.waited_us(now_us)),
        "base": ticket.base,
    } | _running_row(ticket, upstream, tokens, now_us)
    return row | ({"ended_by": ticket.ended_by} if not ticket.is_live else {})


def _waiting_row(gate: Gate, ticket: Ticket, position: int, now_us: int) -> dict[str, object]:
    waited_us = ticket.waited_us(now_us)
    effective = effective_priority(ticket.base, waited_us, gate.limits.aging_per_minute)
    return {
        "ticket": ticket.id,
        "position": position,
        "principal": ticket.principal.label,
        "class": ticket.principal.principal_class.value,
        "model": ticket.model,
        "base": ticket.base,
        "effective": round(effective, 3),
        "waited_s": _seconds(waited_us),
        "eta_low_s": None,
        "eta_high_s": None,
    }


def _running_row(ticket: Ticket, upstream: str, tokens: int, now_us: int) -> dict[str, object]:
    started_us = ticket.arrived_us if ticket.admitted_us is None else ticket.admitted_us
    ended_us = now_us if ticket.ended_us is None else ticket.ended_us
    return {
        "ticket": ticket.id,
        "principal": ticket.principal.label,
        "class": ticket.principal.principal_class.value,
        "model": ticket.model,
        "upstream": upstream,
        "running_s": _seconds(ended_us - started_us) if ticket.admitted_us is not None else 0.0,
        "tokens": tokens,
    }


def _seconds(duration_us: int) -> float:
    return round(duration_us / US_PER_S, 3)
