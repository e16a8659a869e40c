"""Waiting for the turn: a request with a body gets its ticket, stands in line, and goes on when it is admitted.

Promise: whoever leaves or is cancelled while waiting is found by its ticket, and Ollama never hears of it.
"""

from mitmproxy import http

from addon.core.patience import answer_form
from addon.core.refusal import Reason, Refusal
from addon.core.ticket import Ticket, TicketState
from addon.proxy.bodies import body_rules
from addon.proxy.exchanges import Exchanges
from addon.proxy.forwarding import Forwarding
from addon.proxy.heart import Heart, Pace
from addon.proxy.probe import Probe
from addon.proxy.tickets import make_ticket
from addon.proxy.visit import Visit
from addon.settings import Settings


class Queueing:
    """What stands between a request that was let in and its way to Ollama."""

    def __init__(self, exchanges: Exchanges, forwarding: Forwarding, probe: Probe, settings: Settings) -> None:
        self._exchanges = exchanges
        self._turnstile = exchanges.turnstile
        self._forwarding = forwarding
        self._probe = probe
        self._body_rules = body_rules(settings)
        self._pace = Pace(settings.queue.early_response_after_s, settings.queue.heartbeat_s)

    async def wait_and_forward(self, flow: http.HTTPFlow, visit: Visit) -> None:
        """Return when the request is on its way to Ollama, refused, or gone."""
        ticket = self._make_ticket(flow, visit)
        if isinstance(ticket, Refusal):
            self._exchanges.refuse(flow, ticket)
            return
        # Known before anything is awaited: whoever leaves or cancels from now on finds the ticket and its flow.
        visit.ticket = ticket
        visit.form = answer_form(
            ticket.path,
            is_streamed=ticket.is_streamed,
            early_json=ticket.principal.early_json,
            answers_json=ticket.answers_json,
        )
        self._exchanges.take_ticket(flow, ticket, self._make_heart(flow, visit, ticket))
        # Cancelled between its admission and this line, a ticket is not refused but has its visit marked.
        refusal = await self._turnstile.enter(ticket) or visit.refusal
        if not flow.client_conn.connected:
            self._exchanges.finish(flow, TicketState.CANCELLED, "client")
        elif refusal is not None:
            self._exchanges.refuse(flow, refusal)
        else:
            self._forwarding.to_ollama(flow, visit)

    def _make_ticket(self, flow: http.HTTPFlow, visit: Visit) -> Ticket | Refusal:
        if visit.identity is None:
            return Refusal(Reason.NO_CREDENTIAL)
        now_us = self._turnstile.clock()
        ticket = make_ticket(flow.request, visit.identity.principal, visit.route.path, now_us, self._body_rules)
        if isinstance(ticket, Refusal):
            return ticket
        if visit.body is not None and not visit.body.resize(len(flow.request.raw_content or b"")):
            return visit.body.refusal()  # it was squeezed
        return Refusal(Reason.TICKET_TAKEN) if self._turnstile.is_taken(ticket) else ticket

    def _make_heart(self, flow: http.HTTPFlow, visit: Visit, ticket: Ticket) -> Heart | None:
        if visit.form is None:
            return None

        async def may_begin() -> bool:
            # A model that is not there is refused while that can still be said with a status.
            if ticket.state is TicketState.WAITING and await self._probe.lacks_model(ticket.model):
                self._turnstile.dismiss(ticket, Refusal(Reason.MODEL_UNKNOWN, ticket.model))
            return ticket.is_live

        return Heart(flow, visit, ticket, visit.form, self._pace, may_begin)
