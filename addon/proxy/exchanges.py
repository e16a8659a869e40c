"""Every request on its way: whose it is, and its end, which comes exactly once.

mitmproxy tells of an end in several ways, and of some in none. All of them lead to `finish`, and only the first
one counts.
"""

import time
from collections.abc import Generator
from contextlib import contextmanager

from mitmproxy import http
from mitmproxy.connection import Client
from mitmproxy.proxy.layers.http._events import ErrorCode

from addon.core.dialect import Dialect, dialect_of
from addon.core.refusal import Reason, Refusal
from addon.core.ticket import Ticket, TicketState
from addon.proxy.access_line import AccessLine, access_line
from addon.proxy.destinations import Destinations, cut_upstream
from addon.proxy.endings import excuse_for
from addon.proxy.heart import Heart
from addon.proxy.ledger import Ledger
from addon.proxy.model_deeds import actor_of, model_deed
from addon.proxy.records import journal_row, status_told
from addon.proxy.refusing import refuse
from addon.proxy.turnstile import Turnstile
from addon.proxy.visit import Visit
from addon.proxy.visits import is_told, note_refusal, note_told, noted_refusal, path_of, visit_of
from addon.settings import UpstreamSettings
from addon.store.journal import Finished, Used

_MALFORMED = Refusal(Reason.MALFORMED, "it is not sound HTTP/1.1")


class Exchanges:
    """The flows in the house, by client connection and by ticket."""

    def __init__(self, turnstile: Turnstile, ledger: Ledger, upstream: UpstreamSettings) -> None:
        self.turnstile = turnstile
        self.upstream = upstream
        self.destinations = Destinations()
        self.ledger = ledger
        self._latest: dict[str, http.HTTPFlow] = {}  # by client connection
        self._by_ticket: dict[str, http.HTTPFlow] = {}
        self._hearts: dict[str, Heart] = {}  # by ticket
        turnstile.on_abort = self.abort

    def begin(self, flow: http.HTTPFlow) -> None:
        """A request's head has come."""
        self._latest[flow.client_conn.id] = flow
        if flow.error is not None:
            # mitmproxy found it malformed and answers it; no other hook of ours judges it.
            note_refusal(flow, _MALFORMED)
            self.ledger.refuse(_MALFORMED)

    def take_ticket(self, flow: http.HTTPFlow, ticket: Ticket, heart: Heart | None) -> None:
        """The request has a ticket from now on, and a heart that beats until its end."""
        self._by_ticket[ticket.id] = flow
        if heart is not None:
            self._hearts[ticket.id] = heart
            heart.on_sent = self.ledger.metrics.heartbeat
            heart.start()

    def refuse(self, flow: http.HTTPFlow, refusal: Refusal) -> None:
        """Make the refusal this flow's answer, and count it."""
        self.ledger.refuse(refusal)
        refuse(flow, refusal)

    def note_use(self, visit: Visit) -> None:
        """Somebody was let in: when, and from where."""
        if visit.identity is not None:
            address = None if visit.address is None else str(visit.address)
            self.ledger.use(Used(visit.identity.principal.id, time.time(), address))

    def heard(self, ticket: Ticket) -> None:
        """The upstream has just sent something for this ticket."""
        self.turnstile.progress(ticket)
        if (heart := self._hearts.get(ticket.id)) is not None:
            heart.heard()

    def flow_of(self, ticket: Ticket) -> http.HTTPFlow | None:
        """The flow of a live ticket."""
        return self._by_ticket.get(ticket.id)

    def tokens(self) -> dict[str, int]:
        """The pieces of the running answers so far, by ticket."""
        visits = ((ticket_id, visit_of(flow)) for ticket_id, flow in self._by_ticket.items())
        return {ticket_id: visit.meter.pieces for ticket_id, visit in visits if visit is not None}

    def abort(self, ticket: Ticket, refusal: Refusal, by: str) -> None:
        """Close the upstream connection of a running ticket; its end follows from that."""
        flow = self._by_ticket.get(ticket.id)
        visit = visit_of(flow) if flow else None
        if flow is not None and visit is not None:
            visit.refusal, visit.ended_by = refusal, by
            # Its connection may not even have begun to open.
            self.destinations.close_way(flow.client_conn.id)
            cut_upstream(flow)

    async def complete(self, flow: http.HTTPFlow, state: TicketState, by: str) -> None:
        """The answer has come to its end: whoever gets its slot goes first, then the exchange is over."""
        visit = visit_of(flow)
        if visit is not None and visit.ticket is not None:
            with self.ending(visit):
                self.turnstile.end(visit.ticket, state, by)
                await self.turnstile.step_aside()
        self.finish(flow, state, by)

    def finish(self, flow: http.HTTPFlow, state: TicketState, by: str) -> None:
        """The exchange is over; a second time it changes nothing."""
        visit = visit_of(flow)
        self.destinations.close_way(flow.client_conn.id)
        if visit is None or visit.ticket is None:
            self._tell(flow, state, by, None)
            return
        if visit.is_finished:
            return
        # The slot first: nothing that fails behind this line can keep it.
        self.turnstile.end(visit.ticket, state, by)
        visit.is_finished = True
        self._by_ticket.pop(visit.ticket.id, None)
        self._still_heart(visit.ticket)
        status = status_told(flow.response, visit, state)
        row = journal_row(visit, visit.ticket, self.upstream.name, status)
        self.ledger.add(row)
        self._tell(flow, state, by, row)

    def answered(self, flow: http.HTTPFlow) -> None:
        """Let go of a finished flow: an idle connection must not keep its last request's body in memory."""
        self._latest.pop(flow.client_conn.id, None)

    def left(self, client: Client) -> None:
        """A client connection is gone: end what no other hook has ended."""
        self.destinations.close_way(client.id)
        flow = self._latest.pop(client.id, None)
        if flow is not None and not self.is_ending(flow):
            self.finish(flow, TicketState.CANCELLED, "client")

    @staticmethod
    def is_ending(flow: http.HTTPFlow) -> bool:
        """Whether a hook of this flow is about to end it."""
        visit = visit_of(flow)
        return visit is not None and visit.is_ending

    @contextmanager
    def ending(self, visit: Visit) -> Generator[None]:
        """How this request ends is clear, though its slot is not free yet; nobody else ends or adds to it."""
        visit.is_ending = True
        if visit.ticket is not None:
            self._still_heart(visit.ticket)
        try:
            yield
        finally:
            visit.is_ending = False

    def excuse(self, client: Client, code: ErrorCode) -> tuple[Refusal, Dialect]:
        """Why this connection's request gets no answer from its upstream, and in which dialect to say it."""
        flow = self._latest.get(client.id)
        if flow is None:
            return Refusal(Reason.INTERNAL), Dialect.OLLAMA
        refusal = noted_refusal(flow)
        if refusal is None:
            refusal = excuse_for(visit_of(flow), code)
            note_refusal(flow, refusal)
            # An answer that breaks off was not refused; its state in the journal says how it ended.
            if flow.response is None or not flow.response.stream:
                self.ledger.refuse(refusal)
        return refusal, dialect_of(path_of(flow))

    def turned_away(self, client: Client, refusal: Refusal) -> None:
        """The door has refused a request of this connection, below all hooks."""
        self.ledger.refuse(refusal)
        flow = self._latest.get(client.id)
        if flow is not None:
            note_refusal(flow, refusal)  # its line comes with its end
            return
        address = str(client.peername[0])
        told = AccessLine(time.time(), address, status=refusal.status, reason=refusal.reason.code, ended_by="gate")
        self.ledger.tell(told)

    def _tell(self, flow: http.HTTPFlow, state: TicketState, by: str, row: Finished | None) -> None:
        if is_told(flow):
            return
        note_told(flow)
        self.ledger.tell(access_line(flow, state, by, row))
        visit = visit_of(flow)
        deed = None if visit is None else model_deed(flow, visit, state, by)
        if visit is not None and deed is not None:
            self.ledger.note(actor_of(visit), deed)

    def _still_heart(self, ticket: Ticket) -> None:
        if (heart := self._hearts.pop(ticket.id, None)) is not None:
            heart.stop()
