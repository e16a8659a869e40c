"""Letting a request through: the way to Ollama or to the web app, and the answer's way back, piece by piece.

Promise: what is sent on is the request as it came, without its credential; what comes back passes unchanged.
"""

from mitmproxy import http

from addon.core.access import SAFE_METHODS
from addon.core.patience import AnswerForm
from addon.core.refusal import Reason, Refusal
from addon.core.routes import RouteKind
from addon.proxy.destinations import cut_upstream
from addon.proxy.exchanges import Exchanges
from addon.proxy.headers import for_ollama, for_web_app, harden_ollama_answer
from addon.proxy.metering import counted, metered
from addon.proxy.rules import Rules
from addon.proxy.slow_readers import cut_client, is_too_slow
from addon.proxy.visit import Visit
from addon.proxy.web_app import WebApp


class Forwarding:
    """The only one who opens a way to a destination, and who lets its answer stream."""

    def __init__(self, exchanges: Exchanges, rules: Rules, web_app: WebApp | None) -> None:
        self._exchanges = exchanges
        self._rules = rules
        self._web_app = web_app

    def to_ollama(self, flow: http.HTTPFlow, visit: Visit) -> None:
        """Send the request on to Ollama: the last step, nothing is decided after it."""
        address = self._exchanges.upstream.address
        for_ollama(flow.request, address)
        flow.request.path = visit.route.path + visit.route.query
        visit.is_forwarded = True
        self._exchanges.destinations.open_way(flow, address)

    def to_web_app(self, flow: http.HTTPFlow, visit: Visit) -> None:
        """Send the request on to the pages; without a web app it is refused."""
        if self._web_app is None:
            self._exchanges.refuse(flow, Refusal(Reason.WEB_APP_DOWN))
            return
        for_web_app(flow.request, self._web_app.secret, "" if visit.address is None else str(visit.address))
        visit.is_forwarded = True
        self._exchanges.destinations.open_way(flow, self._web_app.address)

    async def let_stream(self, flow: http.HTTPFlow, visit: Visit, response: http.Response) -> None:
        """Pass the answer on as it comes."""
        if response.status_code < 200:
            # An interim answer would be taken for the final one and free the slot early.
            visit.refusal = Refusal(Reason.UPSTREAM_BROKEN)
            cut_upstream(flow)
            flow.kill()
        elif visit.route.kind is RouteKind.UI:
            if flow.request.method not in SAFE_METHODS:
                await self._rules.refresh()  # what was changed is in force before its answer arrives
            # The web app knows whose session it is.
            visit.asker_id = response.headers.pop("X-Sluice-Asker", None)
            response.stream = counted(visit)
        else:
            harden_ollama_answer(response)
            self._let_ollama_stream(flow, visit, response)

    def _let_ollama_stream(self, flow: http.HTTPFlow, visit: Visit, response: http.Response) -> None:
        ticket = visit.ticket
        if ticket is None:
            response.stream = counted(visit)
            return
        self._exchanges.heard(ticket)
        if visit.has_begun_early and response.status_code != 200:
            # Kept whole: the stream that has begun says it in its own form.
            visit.refusal = Refusal(Reason.UPSTREAM_BROKEN)
            return
        visit.meter.is_error = response.status_code >= 400
        if not _has_form(response, visit.form):
            visit.form = None

        def pass_on(_chunk: bytes) -> None:
            self._exchanges.heard(ticket)
            if ticket.is_streamed and is_too_slow(flow):
                visit.refusal = Refusal(Reason.CANCELLED)
                cut_client(flow)

        response.stream = metered(visit.meter, pass_on)


def _has_form(response: http.Response, form: AnswerForm | None) -> bool:
    # Only into chunks can anything be put in between.
    is_chunked = "chunked" in response.headers.get("transfer-encoding", "").lower()
    is_expected = form is not None and response.headers.get("content-type", "").startswith(form.value)
    is_plain = "content-encoding" not in response.headers
    return response.status_code == 200 and is_chunked and is_expected and is_plain
