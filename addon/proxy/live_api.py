"""`/gate/…`: the queue, one's own tickets, and the administrator's controls, answered from memory."""

from collections.abc import Awaitable, Callable

from mitmproxy import http

from addon.core.principal import Principal, Scope
from addon.core.refusal import Reason, Refusal
from addon.core.ticket import Ticket
from addon.proxy.live_view import LiveView
from addon.proxy.probe import is_reachable
from addon.proxy.replies import json_response
from addon.proxy.rules import Rules
from addon.proxy.turnstile import Turnstile
from addon.proxy.visit import Visit
from addon.settings import UpstreamSettings

type Answer = http.Response | Refusal


class LiveApi:
    """Answers by path; what is not here is not found."""

    def __init__(
        self,
        turnstile: Turnstile,
        rules: Rules,
        upstream: UpstreamSettings,
        tokens: Callable[[], dict[str, int]],
        reachable: Callable[[str], Awaitable[bool]] = is_reachable,
    ) -> None:
        self._turnstile = turnstile
        self._rules = rules
        self._upstream = upstream
        self._tokens = tokens
        self._reachable = reachable

    async def answer(self, method: str, visit: Visit) -> Answer:
        """The answer to a request for a live route."""
        match visit.route.path.split("/")[2:]:
            case ["health"]:
                return self._only("GET", method) or json_response({"status": "ok"})
            case ["ready"]:
                return self._only("GET", method) or await self._ready()
            case _:
                pass
        if visit.identity is None:
            return Refusal(Reason.NO_CREDENTIAL)
        return self._answer_somebody(method, visit.route.path, visit.identity.principal)

    def queue(self, seen_by: Principal | None) -> object:
        """The queue as `seen_by` may see it; None is the owner at the terminal."""
        return self._live().queue(seen_by)

    def _answer_somebody(self, method: str, path: str, principal: Principal) -> Answer:
        match path.split("/")[2:]:
            case ["me"]:
                return self._only("GET", method) or json_response(self._me(principal))
            case ["queue"]:
                return self._only("GET", method) or json_response(self.queue(principal))
            case ["tickets", ticket_id]:
                return self._ticket(method, ticket_id, principal)
            case ["tickets", ticket_id, "bump"]:
                return self._only("POST", method) or _admins_only(principal) or self._bump(ticket_id, principal)
            case ["pause" | "resume" | "drain" as control]:
                return self._only("POST", method) or _admins_only(principal) or self._control(control, principal)
            case _:
                return Refusal(Reason.UNKNOWN_PATH)

    @staticmethod
    def _only(wanted: str, method: str) -> Refusal | None:
        return None if method in (wanted, "HEAD" if wanted == "GET" else wanted) else Refusal(Reason.WRONG_METHOD)

    async def _ready(self) -> http.Response:
        is_ready = self._rules.policy is not None and await self._reachable(self._upstream.url)
        return json_response({"ready": is_ready}, 200 if is_ready else 503)

    def _me(self, principal: Principal) -> object:
        gate = self._turnstile.gate
        return {
            "principal": principal.label,
            "class": principal.principal_class.value,
            "priority": principal.base,
            "scopes": sorted(scope.value for scope in principal.scopes),
            "waiting": sum(ticket.principal.id == principal.id for ticket in gate.waiting),
            "running": sum(ticket.principal.id == principal.id for ticket in gate.running),
        }

    def _ticket(self, method: str, ticket_id: str, principal: Principal) -> Answer:
        ticket = self._find(ticket_id, principal)
        if ticket is None:
            return Refusal(Reason.UNKNOWN_TICKET)
        if method == "DELETE":
            self._turnstile.cancel(ticket, by=principal.id)
        elif method != "GET":
            return Refusal(Reason.WRONG_METHOD)
        return self._view(ticket)

    def _bump(self, ticket_id: str, principal: Principal) -> Answer:
        ticket = self._find(ticket_id, principal)
        if ticket is None:
            return Refusal(Reason.UNKNOWN_TICKET)
        self._turnstile.bump(ticket)
        return self._view(ticket)

    def _control(self, control: str, principal: Principal) -> Answer:
        self._turnstile.control(control)
        return json_response(self.queue(principal))

    def _find(self, ticket_id: str, principal: Principal) -> Ticket | None:
        # Somebody else's ticket is not found, so that names cannot be probed.
        ticket = self._turnstile.find(ticket_id)
        is_visible = ticket is not None and (principal.is_admin or ticket.principal.id == principal.id)
        return ticket if is_visible else None

    def _view(self, ticket: Ticket) -> http.Response:
        return json_response(self._live().ticket(ticket))

    def _live(self) -> LiveView:
        turnstile = self._turnstile
        now_us = turnstile.clock()
        return LiveView(turnstile.gate, turnstile.forecast, self._upstream.name, self._tokens(), now_us)


def _admins_only(principal: Principal) -> Refusal | None:
    return None if principal.is_admin else Refusal(Reason.SCOPE_MISSING, Scope.ADMIN.value)
