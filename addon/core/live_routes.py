"""The gate's own routes, `/gate/…`, each with its rule: who may use it.

Promise: a live route is in this table or it does not exist, and no line of it is without a rule. `{ticket}` stands
for a ticket's name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from addon.core.refusal import Reason, Refusal


class Who(Enum):
    """Who may use a live route."""

    ANYONE = "anyone"
    KNOWN = "whoever is let in"
    ADMIN = "administrators"


class LiveRoute(Enum):
    """What the gate answers itself: method, path, rule."""

    HEALTH = ("GET", "/gate/health", Who.ANYONE)
    READY = ("GET", "/gate/ready", Who.ANYONE)
    OPENAPI = ("GET", "/gate/openapi.json", Who.ANYONE)
    ME = ("GET", "/gate/me", Who.KNOWN)
    QUEUE = ("GET", "/gate/queue", Who.KNOWN)
    TICKET = ("GET", "/gate/tickets/{ticket}", Who.KNOWN)
    CANCEL = ("DELETE", "/gate/tickets/{ticket}", Who.KNOWN)
    METRICS = ("GET", "/gate/metrics", Who.ADMIN)
    UPSTREAMS = ("GET", "/gate/upstreams", Who.ADMIN)
    BUMP = ("POST", "/gate/tickets/{ticket}/bump", Who.ADMIN)
    PAUSE = ("POST", "/gate/pause", Who.ADMIN)
    RESUME = ("POST", "/gate/resume", Who.ADMIN)
    DRAIN = ("POST", "/gate/drain", Who.ADMIN)
    SLOTS = ("PUT", "/gate/slots", Who.ADMIN)

    def __init__(self, method: str, path: str, who: Who) -> None:
        self.method = method
        self.path = path
        self.who = who


@dataclass(frozen=True, slots=True)
class LiveWish:
    """A live route, with what stands in the path where the route has a name."""

    route: LiveRoute
    named: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def ticket(self) -> str:
        """The ticket's name, of a route that has one."""
        return self.named["ticket"]


OPEN_LIVE = frozenset(route.path for route in LiveRoute if route.who is Who.ANYONE)
"""The paths that anybody may read."""


def find_live(method: str, path: str) -> LiveWish | Refusal:
    """The live route of this request, or the refusal (404, 405). HEAD is answered wherever GET is."""
    found = {route: named for route in LiveRoute if (named := _match(route.path, path)) is not None}
    if not found:
        return Refusal(Reason.UNKNOWN_PATH)
    verb = "GET" if method == "HEAD" else method
    for route, named in found.items():
        if route.method == verb:
            return LiveWish(route, named)
    return Refusal(Reason.WRONG_METHOD, ", ".join(_methods(found)))


def _methods(routes: Mapping[LiveRoute, object]) -> Sequence[str]:
    methods = {route.method for route in routes}
    return sorted(methods | ({"HEAD"} if "GET" in methods else set()))


def _match(pattern: str, path: str) -> Mapping[str, str] | None:
    wanted, given = pattern.split("/"), path.split("/")
    if len(wanted) != len(given):
        return None
    pairs = list(zip(wanted, given, strict=True))
    if any(one != other for one, other in pairs if not one.startswith("{")):
        return None
    return {one[1:-1]: other for one, other in pairs if one.startswith("{")}
