"""Whether a request may come in: from raw headers to a Visit or a Refusal.

Promise: every check reads the bytes as they came (mitmproxy upper-cases methods and keeps absolute targets), and a
request is let on only at the end of the chain; whatever is odd on the way ends it.
"""

import time
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from mitmproxy import http

from addon.core import access
from addon.core.addresses import Address, client_address, contains, parse_address
from addon.core.credential import Shown, read_credentials, session_cookie_name
from addon.core.headers import Headers, first_of, values_of
from addon.core.hosts import is_at_home
from addon.core.key_path import below_key
from addon.core.live_routes import OPEN_LIVE, LiveRoute
from addon.core.origins import readers_origin
from addon.core.policy import Identity, Policy
from addon.core.refusal import Reason, Refusal
from addon.core.routes import Route, RouteKind, classify
from addon.core.throttle import Throttle, place_of
from addon.proxy.bodies import refuse_encoding
from addon.proxy.framing import refuse_framing
from addon.proxy.headers import header_pairs
from addon.proxy.visit import Visit
from addon.settings import Settings

_ANONYMOUS = frozenset({"/", "/api/version", "/api/tags", "/api/show"})
_OWN_KINDS = frozenset({RouteKind.UI, RouteKind.LIVE})
_FAILURES = frozenset(
    {Reason.BAD_CREDENTIAL, Reason.KEY_REVOKED, Reason.KEY_EXPIRED, Reason.SESSION_ENDED},
)


@dataclass(frozen=True, slots=True)
class _Head:
    """What is known of a request before its route and its asker."""

    request: http.Request
    headers: Headers
    peer: Address | None
    address: Address | None
    path_key: str | None

    @property
    def host(self) -> str:
        return first_of(self.headers, "host")


@dataclass(frozen=True, slots=True)
class Admission:
    """The checks, with what they need from the settings."""

    settings: Settings
    host_names: Collection[str]
    key_failures: Throttle = field(default_factory=Throttle)

    def admit(
        self, request: http.Request, peer: str, policy: Policy | None, path_key: str | None = None
    ) -> Visit | Refusal:
        """Judge a request by its head alone. `path_key` is the key that stood in its path."""
        headers = header_pairs(request)
        if (refusal := refuse_framing(request, headers, self.host_names)) is not None:
            return refusal
        head = self._head(request, headers, peer, path_key)
        route = self._route(head)
        if isinstance(route, Refusal):
            return route
        if _needs_identity(route):
            return self._admit_somebody(head, route, policy)
        return self._refuse_guess(head, route, policy) or Visit(
            route, self._known(head, route, policy), head.address
        )

    def refuse_preflight(self, request: http.Request, path_key: str | None = None) -> Refusal | None:
        """The refusal when a page of this origin may not ask what it is about to; no credential is needed."""
        headers = header_pairs(request)
        if (refusal := refuse_framing(request, headers, self.host_names)) is not None:
            return refusal
        if "transfer-encoding" in request.headers or request.headers.get("content-length", "0") != "0":
            return Refusal(Reason.MALFORMED, "a preflight has no body")
        method = request.headers["access-control-request-method"].encode(errors="replace")
        gate = self.settings.gate
        route = classify(method, _asked(request, path_key), gate.path_prefixes, gate.route)
        if isinstance(route, Refusal):
            return route
        is_heard = readers_origin(headers, self.settings.gate.allowed_origins) is not None
        return None if is_heard and route.kind not in _OWN_KINDS else Refusal(Reason.FOREIGN_ORIGIN)

    def _head(self, request: http.Request, headers: Headers, peer: str, path_key: str | None) -> _Head:
        gate, peer_address = self.settings.gate, parse_address(peer)
        address = (
            client_address(peer_address, headers, gate.trusted_proxies, gate.client_address_header)
            if peer_address is not None
            else None
        )
        return _Head(request, headers, peer_address, address, path_key)

    def _route(self, head: _Head) -> Route | Refusal:
        gate, request = self.settings.gate, head.request
        route = classify(request.data.method, _asked(request, head.path_key), gate.path_prefixes, gate.route)
        if isinstance(route, Refusal):
            return route
        if head.path_key is not None:
            return Refusal(Reason.UNKNOWN_PATH) if route.kind in _OWN_KINDS else route
        if _is_browser_at_root(request, route, head.headers):
            return replace(route, kind=RouteKind.UI)
        return route if is_at_home(route.path, head.host, gate.hosts.admin) else Refusal(Reason.UNKNOWN_PATH)

    def _admit_somebody(self, head: _Head, route: Route, policy: Policy | None) -> Visit | Refusal:
        if policy is None:
            return Refusal(Reason.POLICY_UNAVAILABLE)
        shown = self._shown(head)
        if route.path == LiveRoute.METRICS.path and not shown.is_explicit and self._may_read_metrics(head.address):
            return Visit(route, None, head.address)
        identity = policy.identify(shown, head.address, time.time())
        if isinstance(identity, Refusal):
            if self._is_open_to_all(shown, route):
                return Visit(route, None, head.address)
            return self._counted(identity, shown, head)
        return self._refuse_use(head, route, identity, policy) or Visit(route, identity, head.address)

    def _may_read_metrics(self, address: Address | None) -> bool:
        networks = self.settings.gate.metrics_addresses
        return address is not None and any(contains(network, address) for network in networks)

    def _refuse_guess(self, head: _Head, route: Route, policy: Policy | None) -> Refusal | None:
        # The web app judges keys itself, by no address; only how often they are wrong is counted here.
        if route.kind is not RouteKind.UI or policy is None:
            return None
        shown = self._shown(head)
        if not shown.is_explicit:
            return None
        found = policy.identify(shown, None, time.time())
        refusal = self._counted(found, shown, head) if isinstance(found, Refusal) else None
        return refusal if refusal is not None and refusal.reason is Reason.TOO_MANY_FAILURES else None

    def _known(self, head: _Head, route: Route, policy: Policy | None) -> Identity | None:
        # Anybody may ask whether the gate is ready, and an administrator hears more; whoever is signed in may send
        # the web app larger bodies.
        is_asked_for = route.kind is RouteKind.LIVE or route.is_conversation
        if not is_asked_for or policy is None:
            return None
        found = policy.identify(self._shown(head), head.address, time.time())
        return None if isinstance(found, Refusal) else found

    def _shown(self, head: _Head) -> Shown:
        cookie_name = session_cookie_name(is_https=self.settings.gate.is_https)
        return read_credentials(head.headers, cookie_name, head.path_key)

    def _counted(self, refusal: Refusal, shown: Shown, head: _Head) -> Refusal:
        # A cookie is not counted: browsers send it by themselves, long after its session has ended.
        if not shown.is_explicit or refusal.reason not in _FAILURES:
            return refusal
        wait_s = self.key_failures.fail(place_of(head.address, head.peer), time.monotonic())
        return refusal if wait_s is None else Refusal(Reason.TOO_MANY_FAILURES, hint_s=wait_s)

    def _is_open_to_all(self, shown: Shown, route: Route) -> bool:
        shows_nothing = not shown.is_explicit and shown.cookie is None
        return self.settings.gate.anonymous_read and shows_nothing and route.path in _ANONYMOUS

    def _refuse_use(self, head: _Head, route: Route, identity: Identity, policy: Policy) -> Refusal | None:
        is_ollamas = route.kind not in _OWN_KINDS
        gate = self.settings.gate
        origins = gate.allowed_origins if is_ollamas else ()
        method, principal = head.request.method, identity.principal
        return (
            (access.refuse_key_in_path(principal) if head.path_key is not None else None)
            or access.refuse_browser(identity, method, head.headers, policy.session_secret, origins)
            or (access.refuse_route(principal, route, owner_routes=gate.owner_routes) if is_ollamas else None)
            or refuse_encoding(route, head.headers)
        )


def _asked(request: http.Request, path_key: str | None) -> bytes:
    return request.data.path if path_key is None else below_key(request.data.path)


def _is_browser_at_root(request: http.Request, route: Route, headers: Headers) -> bool:
    # Ollama's clients ask for `/` to see whether it is running; a person who types the address wants a page.
    accepts = ",".join(values_of(headers, "accept"))
    return route.path == "/" and request.method == "GET" and "text/html" in accepts


def _needs_identity(route: Route) -> bool:
    if route.kind is RouteKind.UI:
        return False  # the web app asks for itself
    return not (route.kind is RouteKind.LIVE and route.path in OPEN_LIVE)
