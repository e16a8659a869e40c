"""The mitmproxy addon: hooks on one side, the gate's decisions on the other. It decides nothing itself.

A request's way: `requestheaders` judges the head and starts a Visit; `request` has the body, waits for the turn
and, as its very last step, opens the way; `responseheaders` makes the answer stream; `response` or `error` ends
the ticket, exactly one of them, and `client_disconnected` covers what neither reaches.
"""

import logging
import time

from mitmproxy import http
from mitmproxy.connection import Client
from mitmproxy.proxy.layers.http._events import ErrorCode
from mitmproxy.proxy.server_hooks import ServerConnectionHookData

from addon.core.access import SAFE_METHODS
from addon.core.dialect import Dialect, dialect_of
from addon.core.refusal import Reason, Refusal
from addon.core.routes import RouteKind
from addon.core.ticket import Ticket, TicketState
from addon.proxy.admission import Admission
from addon.proxy.destinations import Destinations, cut_upstream
from addon.proxy.endings import excuse_for, how_it_broke_off
from addon.proxy.fail_closed import fail_closed, refuse_connection_on_error
from addon.proxy.headers import for_ollama, for_web_app, harden_ollama_answer
from addon.proxy.heart import Heart, Pace
from addon.proxy.live_api import LiveApi
from addon.proxy.metering import metered
from addon.proxy.probe import lacks_model
from addon.proxy.records import add_queue_headers, journal_row, status_told
from addon.proxy.replies import answer, refusal_response
from addon.proxy.rules import Rules
from addon.proxy.slow_readers import cut_client, is_too_slow, read_ahead_for
from addon.proxy.tickets import make_ticket
from addon.proxy.turnstile import Turnstile
from addon.proxy.visit import Visit
from addon.proxy.visits import begin_visit, path_of, visit_of
from addon.proxy.web_app import WebApp
from addon.settings import UpstreamSettings
from addon.store.journal import Used
from addon.store.journal_writer import JournalWriter

_log = logging.getLogger(__name__)


class GateAddon:
    """Sluice as mitmproxy sees it."""

    def __init__(
        self,
        admission: Admission,
        turnstile: Turnstile,
        rules: Rules,
        journal: JournalWriter,
        upstream: UpstreamSettings,
        web_app: WebApp | None,
    ) -> None:
        self.turnstile = turnstile
        self.rules = rules
        self.live_api = LiveApi(turnstile, rules, upstream, self._tokens)
        self._admission = admission
        self._journal = journal
        self._upstream = upstream
        self._web_app = web_app
        self._destinations = Destinations()
        self._live: dict[str, http.HTTPFlow] = {}  # by ticket
        self._latest: dict[str, http.HTTPFlow] = {}  # by client connection
        self._hearts: dict[str, Heart] = {}  # by ticket
        turnstile.on_abort = self._abort

    # Hooks, in the order in which they fire

    def client_connected(self, client: Client) -> None:
        """Uncouple the upstream's pace from this client's."""
        read_ahead_for(client)

    @fail_closed
    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Judge the head; a refusal is the answer, nothing else happens."""
        self._latest[flow.client_conn.id] = flow
        if flow.error is not None:
            return  # malformed: mitmproxy answers it, and nothing may be charged for it
        verdict = self._admission.admit(flow.request, flow.client_conn.peername[0], self.rules.policy)
        if isinstance(verdict, Refusal):
            self._refuse(flow, verdict)
            return
        begin_visit(flow, verdict)
        self._note_use(verdict)
        if verdict.route.has_streamed_body:
            self._forward_to_ollama(flow, verdict)
            flow.request.stream = True

    @fail_closed
    async def request(self, flow: http.HTTPFlow) -> None:
        """The body is here: answer, queue, or forward."""
        visit = visit_of(flow)
        if visit is None or flow.response is not None or flow.request.stream:
            return
        limit = self._admission.settings.limits.body_bytes
        if len(flow.request.raw_content or b"") > limit:
            self._refuse(flow, Refusal(Reason.BODY_TOO_LARGE, str(limit)))
            return
        match visit.route.kind:
            case RouteKind.UI:
                self._forward_to_web_app(flow, visit)
            case RouteKind.LIVE:
                reply = await self.live_api.answer(flow.request.method, visit)
                if isinstance(reply, Refusal):
                    self._refuse(flow, reply)
                else:
                    answer(flow, reply)
            case RouteKind.INFER:
                await self._wait_and_forward(flow, visit)
            case RouteKind.READ | RouteKind.MANAGE:
                self._forward_to_ollama(flow, visit)
            case RouteKind.OWNER:
                self._refuse(flow, Refusal(Reason.ROUTE_DISABLED, visit.route.path))

    @refuse_connection_on_error
    def server_connect(self, data: ServerConnectionHookData) -> None:
        """The second line of defence: no connection without a grant."""
        self._destinations.refuse_ungranted(data)

    @fail_closed
    async def responseheaders(self, flow: http.HTTPFlow) -> None:
        """Let the answer stream, and say what it waited."""
        visit, response = visit_of(flow), flow.response
        if visit is None or response is None:
            return
        if visit.ticket is not None:
            limits = self.turnstile.gate.limits
            add_queue_headers(response, visit.ticket, limits.aging_per_minute, self.turnstile.clock())
        if visit.is_forwarded:
            await self._let_stream(flow, visit, response)

    @fail_closed
    def response(self, flow: http.HTTPFlow) -> None:
        """The answer is complete, be it the upstream's or ours."""
        visit = visit_of(flow)
        is_upstreams = visit is not None and visit.is_forwarded and visit.refusal is None
        self._finish(flow, *((TicketState.DONE, "upstream") if is_upstreams else how_it_broke_off(flow)))
        # An idle connection must not keep its last request's body in memory.
        self._latest.pop(flow.client_conn.id, None)

    @fail_closed
    def error(self, flow: http.HTTPFlow) -> None:
        """The exchange broke off: by the client, by us, or by the upstream."""
        self._finish(flow, *how_it_broke_off(flow))

    def client_disconnected(self, client: Client) -> None:
        """Withdraw what this client had waiting; end what no other hook has ended."""
        self._destinations.close_way(client.id)
        flow = self._latest.pop(client.id, None)
        if flow is not None:
            self._finish(flow, TicketState.CANCELLED, "client")

    # What they are made of

    def excuse(self, client: Client, code: ErrorCode) -> tuple[Refusal, Dialect]:
        """Why this connection's request gets no answer from its upstream, and in which dialect to say it."""
        flow = self._latest.get(client.id)
        if flow is None:
            return Refusal(Reason.INTERNAL), Dialect.OLLAMA
        return excuse_for(visit_of(flow), code), dialect_of(path_of(flow))

    async def _wait_and_forward(self, flow: http.HTTPFlow, visit: Visit) -> None:
        ticket = self._make_ticket(flow, visit)
        if isinstance(ticket, Refusal):
            self._refuse(flow, ticket)
            return
        # Known before anything is awaited: whoever leaves or cancels from now on finds the ticket and its flow.
        visit.ticket = ticket
        self._live[ticket.id] = flow
        if ticket.is_streamed:
            self._keep_company(flow, visit, ticket)
        # Cancelled between its admission and this line, a ticket is not refused but has its visit marked.
        refusal = await self.turnstile.enter(ticket) or visit.refusal
        if refusal is not None:
            self._refuse(flow, refusal)
        elif flow.client_conn.connected:
            self._forward_to_ollama(flow, visit)
        else:
            self._finish(flow, TicketState.CANCELLED, "client")

    def _keep_company(self, flow: http.HTTPFlow, visit: Visit, ticket: Ticket) -> None:
        async def may_begin() -> bool:
            # A model that is not there is refused while that can still be said with a status.
            if ticket.state is TicketState.WAITING and await lacks_model(self._upstream.url, ticket.model):
                self.turnstile.dismiss(ticket, Refusal(Reason.MODEL_UNKNOWN, ticket.model))
            return ticket.is_live

        queue = self._admission.settings.queue
        heart = Heart(flow, visit, ticket, Pace(queue.early_response_after_s, queue.heartbeat_s), may_begin)
        self._hearts[ticket.id] = heart
        heart.start()

    def _make_ticket(self, flow: http.HTTPFlow, visit: Visit) -> Ticket | Refusal:
        if visit.identity is None:
            return Refusal(Reason.NO_CREDENTIAL)
        now_us = self.turnstile.clock()
        ticket = make_ticket(flow.request, visit.identity.principal, visit.route.path, now_us)
        is_taken = isinstance(ticket, Ticket) and self.turnstile.is_taken(ticket)
        return Refusal(Reason.TICKET_TAKEN) if is_taken else ticket

    def _forward_to_ollama(self, flow: http.HTTPFlow, visit: Visit) -> None:
        for_ollama(flow.request, self._upstream.address)
        flow.request.path = visit.route.path + visit.route.query
        visit.is_forwarded = True
        self._destinations.open_way(flow, self._upstream.address)

    def _forward_to_web_app(self, flow: http.HTTPFlow, visit: Visit) -> None:
        if self._web_app is None:
            self._refuse(flow, Refusal(Reason.WEB_APP_DOWN))
            return
        for_web_app(flow.request, self._web_app.secret, "" if visit.address is None else str(visit.address))
        visit.is_forwarded = True
        self._destinations.open_way(flow, self._web_app.address)

    async def _let_stream(self, flow: http.HTTPFlow, visit: Visit, response: http.Response) -> None:
        if response.status_code < 200:
            # An interim answer would be taken for the final one and free the slot early.
            visit.refusal = Refusal(Reason.UPSTREAM_BROKEN)
            cut_upstream(flow)
            flow.kill()
        elif visit.route.kind is RouteKind.UI:
            if flow.request.method not in SAFE_METHODS:
                await self.rules.refresh()  # what was changed is in force before its answer arrives
            response.stream = True
        else:
            harden_ollama_answer(response)
            self._let_ollama_stream(flow, visit, response)

    def _let_ollama_stream(self, flow: http.HTTPFlow, visit: Visit, response: http.Response) -> None:
        ticket = visit.ticket
        if ticket is None:
            response.stream = True
            return
        heart = self._hearts.get(ticket.id)
        if heart is not None:
            heart.upstream_answers(response)
        self.turnstile.progress(ticket)
        if visit.has_begun_early and response.status_code != 200:
            # Kept whole: the stream that has begun says it in its own form.
            visit.refusal = Refusal(Reason.UPSTREAM_BROKEN)
            return

        def pass_on(chunk: bytes) -> None:
            self.turnstile.progress(ticket)
            if heart is not None:
                heart.heard(chunk)
            if ticket.is_streamed and is_too_slow(flow):
                visit.refusal = Refusal(Reason.CANCELLED)
                cut_client(flow)

        response.stream = metered(visit.meter, pass_on)

    def _abort(self, ticket: Ticket, refusal: Refusal) -> None:
        flow = self._live.get(ticket.id)
        visit = visit_of(flow) if flow else None
        if flow is not None and visit is not None:
            visit.refusal = refusal
            cut_upstream(flow)

    def _finish(self, flow: http.HTTPFlow, state: TicketState, by: str) -> None:
        visit = visit_of(flow)
        self._destinations.close_way(flow.client_conn.id)
        if visit is None or visit.ticket is None or visit.is_finished:
            return
        # The slot first: nothing that fails behind this line can keep it.
        self.turnstile.end(visit.ticket, state, by)
        visit.is_finished = True
        self._live.pop(visit.ticket.id, None)
        if (heart := self._hearts.pop(visit.ticket.id, None)) is not None:
            heart.stop()
        status = status_told(flow.response, visit, state)
        self._journal.add(journal_row(visit, visit.ticket, self._upstream.name, status))

    @staticmethod
    def _refuse(flow: http.HTTPFlow, refusal: Refusal) -> None:
        user_agent = flow.request.headers.get("user-agent", "")
        answer(flow, refusal_response(refusal, path_of(flow), user_agent))

    def _note_use(self, visit: Visit) -> None:
        if visit.identity is not None:
            address = None if visit.address is None else str(visit.address)
            self._journal.use(Used(visit.identity.principal.id, time.time(), address))

    def _tokens(self) -> dict[str, int]:
        visits = ((ticket_id, visit_of(flow)) for ticket_id, flow in self._live.items())
        return {ticket_id: visit.meter.pieces for ticket_id, visit in visits if visit is not None}
