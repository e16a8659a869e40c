"""`/gate/…`: the queue, one's own tickets, and the administrator's controls, answered from memory."""

import time
from dataclasses import asdict
from datetime import datetime

from mitmproxy import http

from addon.core.live_routes import LiveRoute, LiveWish, Who, find_live
from addon.core.policy import Identity
from addon.core.principal import Principal, Scope
from addon.core.refusal import Reason, Refusal
from addon.core.strict_json import read_object
from addon.core.ticket import Ticket
from addon.proxy.exchanges import Exchanges
from addon.proxy.live_view import LiveView, own_limits
from addon.proxy.metrics import CONTENT_TYPE, GateCollector
from addon.proxy.model_deeds import actor_of
from addon.proxy.replies import OWN_HEADERS, json_response
from addon.proxy.rules import Rules
from addon.proxy.steering import Steering, SteeringError
from addon.proxy.upstream_watch import UpstreamWatch
from addon.proxy.visit import Visit
from addon.store.audit import Actor
from addon.store.errors import StoreError
from addon.store.journal_reader import JournalReader

type Answer = http.Response | Refusal

_SEEN_FOR_US = 300_000
"""A page that asks twice a second shows nothing older than a second with it."""
# The same for everybody, and the same until the next release.
_OPENAPI_HEADERS = {"Content-Type": "application/json", "Cache-Control": "no-cache"}


class LiveApi:
    """Answers by path; what is not here is not found."""

    def __init__(
        self,
        exchanges: Exchanges,
        rules: Rules,
        steering: Steering,
        upstreams: UpstreamWatch,
        journal: JournalReader,
        openapi: bytes,
    ) -> None:
        self._exchanges = exchanges
        self._turnstile = exchanges.turnstile
        self._rules = rules
        self._steering = steering
        self._upstreams = upstreams
        self._journal = journal
        self._openapi = openapi
        self._collector = GateCollector(exchanges.turnstile.gate, exchanges.upstream.name)
        exchanges.ledger.metrics.registry.register(self._collector)
        self._seen: LiveView | None = None
        self._seen_as = (0, steering.standing)

    async def answer(self, method: str, visit: Visit, body: bytes) -> Answer:
        """The answer to a request for a live route."""
        wish = find_live(method, visit.route.path)
        if isinstance(wish, Refusal):
            return wish
        if wish.route.who is Who.ANYONE:
            return await self._tell_anyone(wish.route, visit.identity)
        if visit.identity is None:
            # Whoever comes without a credential from one of gate.metrics_addresses was let in for this alone.
            is_metrics = wish.route is LiveRoute.METRICS
            return await self._metrics() if is_metrics else Refusal(Reason.NO_CREDENTIAL)
        principal = visit.identity.principal
        if wish.route.who is Who.ADMIN and not principal.is_admin:
            return Refusal(Reason.SCOPE_MISSING, Scope.ADMIN.value)
        try:
            return await self._serve(wish, visit, principal, body)
        except SteeringError as error:
            return error.refusal

    def queue(self, seen_by: Principal | None) -> object:
        """The queue as `seen_by` may see it; None is the owner at the terminal."""
        return self._live().queue(seen_by)

    async def upstreams(self) -> object:
        """How the upstreams are, and which models they have: for administrators and the owner at the terminal."""
        return await self._upstreams.told()

    def find(self, ticket_id: str, seen_by: Principal | None) -> Ticket | None:
        """A ticket, if `seen_by` (None: the owner) may see it. Names of other people's cannot be probed."""
        ticket = self._turnstile.find(ticket_id)
        is_visible = seen_by is None or seen_by.is_admin or (ticket and ticket.principal.id == seen_by.id)
        return ticket if is_visible else None

    async def _tell_anyone(self, route: LiveRoute, asker: Identity | None) -> http.Response:
        match route:
            case LiveRoute.OPENAPI:
                return http.Response.make(200, self._openapi, _OPENAPI_HEADERS)
            case LiveRoute.READY:
                return await self._ready(asker)
            case _:
                return json_response({"status": "ok"})

    async def _serve(self, wish: LiveWish, visit: Visit, principal: Principal, body: bytes) -> Answer:
        match wish.route:
            case LiveRoute.METRICS:
                return await self._metrics()
            case LiveRoute.ME:
                return json_response(await self._me(principal))
            case LiveRoute.UPSTREAMS:
                return json_response(await self.upstreams())
            case LiveRoute.TICKET | LiveRoute.CANCEL | LiveRoute.BUMP:
                return self._ticket(wish, principal, actor_of(visit), body)
            case LiveRoute.QUEUE:
                pass
            case LiveRoute.SLOTS:
                sent = _read(body, "upstream", "slots")
                by = actor_of(visit)
                await self._steering.resize(sent.get("upstream"), sent.get("slots"), by)
            case _:
                self._steering.control(wish.route.name.lower(), actor_of(visit))
        return json_response(self.queue(principal))

    async def _ready(self, asker: Identity | None) -> http.Response:
        is_upstream_there = await self._upstreams.probe.is_reachable()
        is_ready = self._rules.policy is not None and is_upstream_there
        document: dict[str, object] = {"ready": is_ready}
        if asker is not None and asker.principal.is_admin:
            name = self._exchanges.upstream.name
            document["upstreams"] = [{"name": name, "reachable": is_upstream_there}]
            document["database"] = {"readable": await self._journal.is_readable()}
        return json_response(document, 200 if is_ready else 503)

    async def _metrics(self) -> http.Response:
        ledger = self._exchanges.ledger
        self._collector.is_upstream_up = await self._upstreams.probe.is_reachable()
        self._collector.unwritten_rows = ledger.unwritten_rows
        self._collector.journal_lag_s = ledger.lag_s(time.time())
        return http.Response.make(200, ledger.metrics.text(), {"Content-Type": CONTENT_TYPE, **OWN_HEADERS})

    async def _me(self, principal: Principal) -> object:
        gate = self._turnstile.gate
        return {
            "principal": principal.label,
            "class": principal.principal_class.value,
            "priority": principal.base,
            "scopes": sorted(scope.value for scope in principal.scopes),
            "limits": own_limits(principal, gate.limits),
            "usage_today": await self._usage_today(principal),
            "usage_by_day": await self._usage_by_day(principal),
            "waiting": sum(ticket.principal.id == principal.id for ticket in gate.waiting),
            "running": sum(ticket.principal.id == principal.id for ticket in gate.running),
        }

    async def _usage_today(self, principal: Principal) -> object:
        midnight = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        try:
            found = await self._journal.totals(midnight.timestamp(), time.time(), principal.id)
        except StoreError:
            return None
        return {"requests": found.requests, "tokens_in": found.tokens_in, "tokens_out": found.tokens_out}

    async def _usage_by_day(self, principal: Principal) -> object:
        try:
            return [asdict(day) for day in await self._journal.usage_by_day(principal.id, time.time())]
        except StoreError:
            return None

    def _ticket(self, wish: LiveWish, principal: Principal, by: Actor, body: bytes) -> Answer:
        ticket = self.find(wish.ticket, principal)
        if ticket is None:
            return Refusal(Reason.UNKNOWN_TICKET)
        if wish.route is LiveRoute.CANCEL:
            self._steering.cancel(ticket, by)
        elif wish.route is LiveRoute.BUMP:
            priority = _read(body, "priority").get("priority") if body.strip() else None
            self._steering.bump(ticket, by, priority)
        return json_response(self._live().ticket(ticket, principal))

    def _live(self) -> LiveView:
        """The queue as it stands; for all who ask at nearly the same time the same one, unless it has moved."""
        turnstile, standing = self._turnstile, self._steering.standing
        now_us, seen, stands = turnstile.clock(), self._seen, (turnstile.moves, standing)
        if seen is None or self._seen_as != stands or now_us - seen.now_us > _SEEN_FOR_US:
            tokens, name = self._exchanges.tokens(), self._exchanges.upstream.name
            seen = LiveView(turnstile.gate, turnstile.forecast, name, tokens, now_us, standing, time.time())
            self._seen, self._seen_as = seen, stands
        return seen


def _read(body: bytes, *known: str) -> dict[str, object]:
    wish = read_object(body)
    if isinstance(wish, Refusal):
        raise SteeringError(wish)
    unknown = next((name for name in wish if name not in known), None)
    if unknown is not None:
        sentence = f"{unknown!r} means nothing here. Send {' and '.join(known)}."
        raise SteeringError(Refusal(Reason.BAD_VALUE, sentence))
    # To JSON, 2.0 is 2.
    return {
        name: int(value) if isinstance(value, float) and value.is_integer() else value
        for name, value in wish.items()
    }
