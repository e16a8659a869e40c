"""The mitmproxy addon: hooks on one side, the gate's decisions on the other. It decides nothing itself.

A request's way: `requestheaders` judges the head and starts a Visit; `request` has the body, waits for the turn
and, as its very last step, opens the way; `responseheaders` makes the answer stream; `response` or `error` ends
the ticket, exactly one of them, and `client_disconnected` covers what neither reaches.
"""

from mitmproxy import http
from mitmproxy.connection import Client
from mitmproxy.proxy.server_hooks import ServerConnectionHookData

from addon.core.refusal import Reason, Refusal
from addon.core.routes import RouteKind
from addon.core.ticket import TicketState
from addon.proxy.admission import Admission
from addon.proxy.arrivals import receive
from addon.proxy.bodies import body_rules
from addon.proxy.body_room import BodyRoom
from addon.proxy.connections import Connections
from addon.proxy.cors import is_preflight, let_page_read, preflight_response
from addon.proxy.destinations import close_upstream
from addon.proxy.endings import how_it_broke_off, how_it_ended
from addon.proxy.exchanges import Exchanges
from addon.proxy.fail_closed import fail_closed, refuse_connection_on_error
from addon.proxy.forwarding import Forwarding
from addon.proxy.limits import body_limit
from addon.proxy.live_api import LiveApi
from addon.proxy.naming import refuse_named
from addon.proxy.queueing import Queueing
from addon.proxy.records import add_queue_headers
from addon.proxy.recovery import Recovery
from addon.proxy.replies import answer
from addon.proxy.rules import Rules
from addon.proxy.slow_readers import read_ahead_for
from addon.proxy.visit import Visit
from addon.proxy.visits import begin_visit, visit_of
from addon.proxy.web_app import WebApp


class GateAddon:
    """Sluice as mitmproxy sees it."""

    def __init__(
        self,
        admission: Admission,
        connections: Connections,
        exchanges: Exchanges,
        rules: Rules,
        live_api: LiveApi,
        recovery: Recovery,
        web_app: WebApp | None,
    ) -> None:
        self._admission = admission
        self._connections = connections
        self._exchanges = exchanges
        self._refuse = exchanges.refuse
        self._turnstile = exchanges.turnstile
        self._rules = rules
        self._live_api = live_api
        self._recovery = recovery
        self._forwarding = Forwarding(exchanges, rules, web_app)
        self._queueing = Queueing(exchanges, self._forwarding, recovery.probe, admission.settings)
        self._body_rules = body_rules(admission.settings)
        self.body_room = BodyRoom(admission.settings.limits.body_bytes)

    # Hooks, in the order in which they fire

    def client_connected(self, client: Client) -> None:
        """Count the client, and uncouple the upstream's pace from its own."""
        if self._connections.admit(client):
            read_ahead_for(client)
        else:
            client.error = "too many connections"

    @fail_closed
    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Judge the head; a refusal is the answer, nothing else happens."""
        self._exchanges.begin(flow)
        path_key = receive(flow, self._admission.settings)
        if flow.error is not None:
            return  # malformed: mitmproxy answers it, and nothing may be charged for it
        if is_preflight(flow.request):
            self._answer_preflight(flow, path_key)
            return
        verdict = self._admission.admit(flow.request, flow.client_conn.peername[0], self._rules.policy, path_key)
        if isinstance(verdict, Refusal):
            self._refuse(flow, verdict)
            return
        begin_visit(flow, verdict)
        verdict.body = self.body_room.begin(flow.client_conn, verdict)
        self._limit_body(flow, verdict)
        self._exchanges.note_use(verdict)
        if verdict.route.has_streamed_body:
            self._forwarding.to_ollama(flow, verdict)
            flow.request.stream = True

    @fail_closed
    async def request(self, flow: http.HTTPFlow) -> None:
        """The body is here: answer, queue, or forward."""
        visit = visit_of(flow)
        if visit is None or flow.response is not None or flow.request.stream:
            return
        match visit.route.kind:
            case RouteKind.UI:
                self._forwarding.to_web_app(flow, visit)
            case RouteKind.LIVE:
                reply = await self._live_api.answer(flow.request.method, visit, flow.request.raw_content or b"")
                if isinstance(reply, Refusal):
                    self._refuse(flow, reply)
                else:
                    answer(flow, reply)
            case RouteKind.INFER:
                await self._queueing.wait_and_forward(flow, visit)
            case RouteKind.READ | RouteKind.MANAGE | RouteKind.OWNER:
                refusal = refuse_named(flow.request, visit, self._body_rules)
                if refusal is None:
                    self._forwarding.to_ollama(flow, visit)
                else:
                    self._refuse(flow, refusal)

    @refuse_connection_on_error
    def server_connect(self, data: ServerConnectionHookData) -> None:
        """The second line of defence: no connection without a grant."""
        self._exchanges.destinations.refuse_ungranted(data)

    @fail_closed
    async def responseheaders(self, flow: http.HTTPFlow) -> None:
        """Let the answer stream, and say what it waited."""
        visit, response = visit_of(flow), flow.response
        if response is None:
            return
        if visit is not None and visit.ticket is not None:
            limits = self._turnstile.gate.limits
            add_queue_headers(response, visit.ticket, limits.aging_per_minute, self._turnstile.clock())
        if visit is not None and visit.is_forwarded:
            await self._forwarding.let_stream(flow, visit, response)
        let_page_read(flow.request, response)

    @fail_closed
    async def response(self, flow: http.HTTPFlow) -> None:
        """The answer is complete, be it the upstream's or ours."""
        visit = visit_of(flow)
        end = how_it_ended(flow)
        if end[0] is TicketState.DONE and visit is not None and visit.ticket is not None:
            self._recovery.succeeded(visit.ticket)
        await self._exchanges.complete(flow, *end)
        self._exchanges.answered(flow)
        self.body_room.end(flow.client_conn)

    @fail_closed
    async def error(self, flow: http.HTTPFlow) -> None:
        """The exchange broke off: by the client, by us, or by the upstream."""
        visit, end = visit_of(flow), how_it_broke_off(flow)
        try:
            if visit is not None and visit.ticket is not None:
                with self._exchanges.ending(visit):
                    # The slot is free when Ollama has been told, not a moment before.
                    await close_upstream(flow)
                    # Whoever is next would get no answer either.
                    await self._recovery.recover_if_lost(visit.ticket, visit.refusal)
        finally:
            self._exchanges.finish(flow, *end)
            self.body_room.end(flow.client_conn)

    def client_disconnected(self, client: Client) -> None:
        """Withdraw what this client had waiting; end what no other hook has ended."""
        self._connections.forget(client)
        self.body_room.end(client)
        self._exchanges.left(client)

    # What they are made of

    def _answer_preflight(self, flow: http.HTTPFlow, path_key: str | None) -> None:
        refusal = self._admission.refuse_preflight(flow.request, path_key)
        if refusal is None:
            answer(flow, preflight_response(flow.request))
        else:
            self._refuse(flow, refusal)

    def _limit_body(self, flow: http.HTTPFlow, visit: Visit) -> None:
        most = body_limit(visit, self._connections.limits)
        self._connections.limit_body(flow.client_conn, most)
        length = flow.request.headers.get("content-length", "0")
        if most is None or not length.isdecimal():
            return
        if int(length) > most:
            self._refuse(flow, Refusal(Reason.BODY_TOO_LARGE, str(most)))
        elif visit.body is not None and not visit.body.has_room(int(length)):
            self._refuse(flow, visit.body.refusal())
