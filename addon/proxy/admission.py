"""Whether a request may come in: from raw headers to a Visit or a Refusal.

Promise: every check reads the bytes as they came (mitmproxy upper-cases methods and keeps absolute targets), and a
request is let on only at the end of the chain; whatever is odd on the way ends it.
"""

import re
import time
from collections.abc import Collection
from dataclasses import dataclass, replace

from mitmproxy import http

from addon.core import access
from addon.core.addresses import Address, client_address, parse_address
from addon.core.credential import Headers, Shown, read_credentials
from addon.core.hosts import is_allowed_host
from addon.core.policy import Identity, Policy
from addon.core.refusal import Reason, Refusal
from addon.core.routes import Route, RouteKind, classify
from addon.proxy.headers import header_pairs
from addon.proxy.visit import Visit
from addon.settings import Settings

_VERSIONS = (b"HTTP/1.1", b"HTTP/1.0")
_ANONYMOUS = frozenset({"/", "/api/version", "/api/tags", "/api/show"})
_OPEN_LIVE = frozenset({"/gate/health", "/gate/ready"})
_LENGTH = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Admission:
    """The checks, with what they need from the settings."""

    settings: Settings
    host_names: Collection[str]

    def admit(self, request: http.Request, peer: str, policy: Policy | None) -> Visit | Refusal:
        """Judge a request by its head alone."""
        headers = header_pairs(request)
        gate = self.settings.gate
        if (refusal := self._refuse_framing(request, headers)) is not None:
            return refusal
        route = classify(request.data.method, request.data.path, gate.path_prefixes)
        if isinstance(route, Refusal):
            return route
        if _is_browser_at_root(request, route, headers):
            route = replace(route, kind=RouteKind.UI)
        if not route.has_streamed_body and (refusal := self._refuse_size(headers)) is not None:
            return refusal
        peer_address = parse_address(peer)
        address = (
            client_address(peer_address, headers, gate.trusted_proxies, gate.client_address_header)
            if peer_address is not None
            else None
        )
        if not _needs_identity(route):
            return Visit(route, None, address)
        return self._admit_somebody(request, headers, route, address, policy)

    def _admit_somebody(
        self,
        request: http.Request,
        headers: Headers,
        route: Route,
        address: Address | None,
        policy: Policy | None,
    ) -> Visit | Refusal:
        if policy is None:
            return Refusal(Reason.POLICY_UNAVAILABLE)
        shown = read_credentials(headers)
        if isinstance(shown, Refusal):
            return shown
        identity = policy.identify(shown, address, time.time())
        if isinstance(identity, Refusal):
            return Visit(route, None, address) if self._is_open_to_all(shown, route) else identity
        refusal = _refuse_use(request, headers, route, identity, policy)
        return refusal or Visit(route, identity, address)

    def _is_open_to_all(self, shown: Shown, route: Route) -> bool:
        shows_nothing = shown.token is None and shown.cookie is None
        return self.settings.gate.anonymous_read and shows_nothing and route.path in _ANONYMOUS

    def _refuse_framing(self, request: http.Request, headers: Headers) -> Refusal | None:
        if request.data.http_version not in _VERSIONS:
            return Refusal(Reason.MALFORMED, "only HTTP/1.0 and HTTP/1.1 are spoken here")
        if request.data.authority:
            return Refusal(Reason.MALFORMED, "the request target must be a path")
        hosts = [value for name, value in headers if name == "host"]
        if len(hosts) != 1:
            return Refusal(Reason.MALFORMED, "exactly one Host header is needed")
        if not is_allowed_host(hosts[0], self.host_names):
            return Refusal(Reason.FOREIGN_HOST)
        if [value.lower() for name, value in headers if name == "transfer-encoding"] not in ([], ["chunked"]):
            return Refusal(Reason.MALFORMED, "only Transfer-Encoding: chunked is understood")
        # Any other Expect reaches Ollama, whose 100 mitmproxy takes for the final answer: the next request on
        # the connection would then receive this one's.
        expectations = [value.lower() for name, value in headers if name == "expect"]
        return None if expectations in ([], ["100-continue"]) else Refusal(Reason.BAD_EXPECT)

    def _refuse_size(self, headers: Headers) -> Refusal | None:
        limit = self.settings.limits.body_bytes
        lengths = [value for name, value in headers if name == "content-length"]
        if any(not _LENGTH.fullmatch(value) or int(value) > limit for value in lengths):
            return Refusal(Reason.BODY_TOO_LARGE, str(limit))
        return None


def _is_browser_at_root(request: http.Request, route: Route, headers: Headers) -> bool:
    # Ollama's clients ask for `/` to see whether it is running; a person who types the address wants a page.
    accepts = ",".join(value for name, value in headers if name == "accept")
    return route.path == "/" and request.method == "GET" and "text/html" in accepts


def _needs_identity(route: Route) -> bool:
    if route.kind is RouteKind.UI:
        return False  # the web app asks for itself
    return not (route.kind is RouteKind.LIVE and route.path in _OPEN_LIVE)


def _refuse_use(
    request: http.Request, headers: Headers, route: Route, identity: Identity, policy: Policy
) -> Refusal | None:
    refusal = access.refuse_browser(identity, request.method, headers, policy.session_secret)
    if refusal is not None:
        return refusal
    if route.kind is not RouteKind.LIVE:
        refusal = access.refuse_route(identity.principal, route)
    is_encoded = any(name == "content-encoding" for name, _ in headers)
    if refusal is None and route.kind is RouteKind.INFER and is_encoded:
        return Refusal(Reason.ENCODED_BODY)
    return refusal
