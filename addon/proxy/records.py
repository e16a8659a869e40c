"""What is told of a ticket: in the answer's headers, and in the journal."""

from mitmproxy import http

from addon.core.aging import US_PER_S
from addon.core.refusal import Reason
from addon.core.ticket import Ticket, TicketState
from addon.proxy.headers import harden_ollama_answer, put
from addon.proxy.visit import Visit
from addon.store.journal import Finished


def add_queue_headers(response: http.Response, ticket: Ticket, aging_per_minute: float, now_us: int) -> None:
    """Tell the client its place in the queue."""
    waited_ms = ticket.waited_us(now_us) // 1000
    told = _place(ticket) | {"X-Queue-Wait-Ms": str(waited_ms)}
    if ticket.admitted_us is not None:
        told["X-Queue-Effective"] = f"{ticket.effective(now_us, aging_per_minute):.3f}"
        told["Server-Timing"] = f"queue;dur={waited_ms}"
    put(response.headers, told)


def add_early_headers(response: http.Response, ticket: Ticket) -> None:
    """What an answer that begins before its admission can say, and what keeps it unbuffered on its way."""
    put(response.headers, _place(ticket))
    harden_ollama_answer(response)


def status_told(response: http.Response | None, visit: Visit, state: TicketState) -> int | None:
    """The status the client was given; None where it left without an answer."""
    if visit.has_begun_early:
        return 200
    # An upstream's answer that was not fit to be passed on has no stream.
    if response is not None and (response.stream or not visit.is_forwarded):
        return response.status_code
    if visit.refusal is not None:
        return visit.refusal.status
    return Reason.UPSTREAM_BROKEN.status if state is TicketState.FAILED else None


def journal_row(visit: Visit, ticket: Ticket, upstream: str, status: int | None) -> Finished:
    """The row of a finished request. Its ticket has ended."""
    usage = visit.meter.finish()
    ended_us = ticket.arrived_us if ticket.ended_us is None else ticket.ended_us
    admitted_us = ended_us if ticket.admitted_us is None else ticket.admitted_us
    first_byte_us = ticket.first_byte_us
    return Finished(
        ticket=ticket.id,
        principal_id=ticket.principal.id,
        principal=ticket.principal.label,
        principal_class=ticket.principal.principal_class.value,
        base=ticket.base,
        model=ticket.model,
        path=ticket.path,
        upstream=upstream,
        arrived_at=visit.arrived_at,
        waited_s=(admitted_us - ticket.arrived_us) / US_PER_S,
        first_byte_s=None if first_byte_us is None else (first_byte_us - admitted_us) / US_PER_S,
        ran_s=(ended_us - admitted_us) / US_PER_S,
        prompt_tokens=usage.prompt_tokens,
        completion_tokens=usage.completion_tokens,
        is_estimated=usage.is_estimated,
        status=status,
        state=ticket.state.value,
        ended_by=ticket.ended_by,
    )


def _place(ticket: Ticket) -> dict[str, str]:
    return {
        "X-Queue-Ticket": ticket.id,
        "X-Queue-Class": ticket.principal.principal_class.value,
        "X-Queue-Base": str(ticket.base),
        "X-Queue-Position": str(ticket.position_at_arrival),
    }
