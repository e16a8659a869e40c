"""`/gate/…`: the queue, one's own tickets, and the administrator's controls, answered from memory."""

from collections.abc import Sequence
from datetime import datetime

from mitmproxy import http

from addon.core.policy import Identity
from addon.core.principal import Principal, Scope
from addon.core.refusal import Reason, Refusal
from addon.core.strict_json import read_object
from addon.core.ticket import Ticket
from addon.proxy.exchanges import Exchanges
from addon.proxy.live_view import LiveView, own_limits
from addon.proxy.probe import Probe
from addon.proxy.replies import json_response
from addon.proxy.rules import Rules
from addon.proxy.steering import Steering, SteeringError
from addon.proxy.visit import Visit
from addon.store.errors import StoreError
from addon.store.journal_reader import JournalReader

type Answer = http.Response | Refusal


class LiveApi:
    """Answers by path; what is not here is not found."""

    def __init__(
        self, exchanges: Exchanges, rules: Rules, steering: Steering, probe: Probe, journal: JournalReader
    ) -> None:
        self._exchanges = exchanges
        self._turnstile = exchanges.turnstile
        self._rules = rules
        self._steering = steering
        self._probe = probe
        self._journal = journal

    async def answer(self, method: str, visit: Visit, body: bytes) -> Answer:
        """The answer to a request for a live route."""
        place = visit.route.path.split("/")[2:]
        match place:
            case ["health"]:
                return self._only("GET", method) or json_response({"status": "ok"})
            case ["ready"]:
                return self._only("GET", method) or await self._ready(visit.identity)
            case _:
                pass
        if visit.identity is None:
            return Refusal(Reason.NO_CREDENTIAL)
        principal = visit.identity.principal
        answered = await self._show(method, place, principal)
        if answered is not None:
            return answered
        try:
            return await self._steer(method, place, principal, body)
        except SteeringError as error:
            return error.refusal

    def queue(self, seen_by: Principal | None) -> object:
        """The queue as `seen_by` may see it; None is the owner at the terminal."""
        return self._live().queue(seen_by)

    def find(self, ticket_id: str, seen_by: Principal | None) -> Ticket | None:
        """A ticket, if `seen_by` (None: the owner) may see it. Names of other people's cannot be probed."""
        ticket = self._turnstile.find(ticket_id)
        is_visible = seen_by is None or seen_by.is_admin or (ticket and ticket.principal.id == seen_by.id)
        return ticket if is_visible else None

    async def _show(self, method: str, place: Sequence[str], principal: Principal) -> Answer | None:
        match place:
            case ["me"]:
                return self._only("GET", method) or json_response(await self._me(principal))
            case ["queue"]:
                return self._only("GET", method) or json_response(self.queue(principal))
            case ["tickets", ticket_id]:
                return self._ticket(method, ticket_id, principal)
            case _:
                return None

    async def _steer(self, method: str, place: Sequence[str], principal: Principal, body: bytes) -> Answer:
        match place:
            case ["tickets", ticket_id, "bump"]:
                refusal = self._only("POST", method) or _admins_only(principal)
                return refusal or self._bump(ticket_id, principal, body)
            case ["pause" | "resume" | "drain" as control]:
                if (refusal := self._only("POST", method) or _admins_only(principal)) is not None:
                    return refusal
                self._steering.control(control)
            case ["slots"]:
                if (refusal := self._only("PUT", method) or _admins_only(principal)) is not None:
                    return refusal
                wish = _read(body, "upstream", "slots")
                await self._steering.resize(wish.get("upstream"), wish.get("slots"), principal.id)
            case _:
                return Refusal(Reason.UNKNOWN_PATH)
        return json_response(self.queue(principal))

    @staticmethod
    def _only(wanted: str, method: str) -> Refusal | None:
        known = ("GET", "HEAD") if wanted == "GET" else (wanted,)
        return None if method in known else Refusal(Reason.WRONG_METHOD, ", ".join(known))

    async def _ready(self, asker: Identity | None) -> http.Response:
        is_upstream_there = await self._probe.is_reachable()
        is_ready = self._rules.policy is not None and is_upstream_there
        document: dict[str, object] = {"ready": is_ready}
        if asker is not None and asker.principal.is_admin:
            name = self._exchanges.upstream.name
            document["upstreams"] = [{"name": name, "reachable": is_upstream_there}]
            document["database"] = {"readable": await self._journal.is_readable()}
        return json_response(document, 200 if is_ready else 503)

    async def _me(self, principal: Principal) -> object:
        gate = self._turnstile.gate
        return {
            "principal": principal.label,
            "class": principal.principal_class.value,
            "priority": principal.base,
            "scopes": sorted(scope.value for scope in principal.scopes),
            "limits": own_limits(principal, gate.limits),
            "usage_today": await self._usage_today(principal),
            "waiting": sum(ticket.principal.id == principal.id for ticket in gate.waiting),
            "running": sum(ticket.principal.id == principal.id for ticket in gate.running),
        }

    async def _usage_today(self, principal: Principal) -> object:
        midnight = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        try:
            found = await self._journal.totals(midnight.timestamp(), principal.id)
        except StoreError:
            return None
        return {"requests": found.requests, "tokens_in": found.tokens_in, "tokens_out": found.tokens_out}

    def _ticket(self, method: str, ticket_id: str, principal: Principal) -> Answer:
        ticket = self.find(ticket_id, principal)
        if ticket is None:
            return Refusal(Reason.UNKNOWN_TICKET)
        if method == "DELETE":
            self._steering.cancel(ticket, principal.id)
        elif method not in ("GET", "HEAD"):
            return Refusal(Reason.WRONG_METHOD, "DELETE, GET, HEAD")
        return self._view(ticket)

    def _bump(self, ticket_id: str, principal: Principal, body: bytes) -> Answer:
        ticket = self.find(ticket_id, principal)
        if ticket is None:
            return Refusal(Reason.UNKNOWN_TICKET)
        self._steering.bump(ticket, _read(body, "priority").get("priority") if body.strip() else None)
        return self._view(ticket)

    def _view(self, ticket: Ticket) -> http.Response:
        return json_response(self._live().ticket(ticket))

    def _live(self) -> LiveView:
        turnstile = self._turnstile
        now_us = turnstile.clock()
        tokens = self._exchanges.tokens()
        return LiveView(turnstile.gate, turnstile.forecast, self._exchanges.upstream.name, tokens, now_us)


def _admins_only(principal: Principal) -> Refusal | None:
    return None if principal.is_admin else Refusal(Reason.SCOPE_MISSING, Scope.ADMIN.value)


def _read(body: bytes, *known: str) -> dict[str, object]:
    wish = read_object(body)
    if isinstance(wish, Refusal):
        raise SteeringError(wish)
    unknown = next((name for name in wish if name not in known), None)
    if unknown is not None:
        sentence = f"{unknown!r} means nothing here. Send {' and '.join(known)}."
        raise SteeringError(Refusal(Reason.BAD_VALUE, sentence))
    return wish
