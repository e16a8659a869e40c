"""How an exchange ended."""

from mitmproxy import http
from mitmproxy.proxy.layers.http._events import ErrorCode

from addon.core.refusal import Reason, Refusal
from addon.core.routes import RouteKind
from addon.core.ticket import TicketState
from addon.proxy.visit import Visit
from addon.proxy.visits import visit_of

_TIMEOUTS = frozenset({Reason.FIRST_BYTE_TIMEOUT, Reason.IDLE_TIMEOUT, Reason.HELD_TOO_LONG})


def how_it_broke_off(flow: http.HTTPFlow) -> tuple[TicketState, str]:
    """The state an unfinished exchange ends in, and who ended it: the client, the upstream, the gate, or somebody
    through the gate."""
    visit = visit_of(flow)
    if visit is not None and visit.refusal is not None:
        if visit.refusal.reason in _TIMEOUTS:
            return TicketState.TIMED_OUT, visit.ended_by
        if visit.refusal.reason is Reason.CANCELLED:
            return TicketState.CANCELLED, visit.ended_by
        if visit.refusal.reason is Reason.INTERNAL:
            return TicketState.FAILED, "gate"
    if not flow.client_conn.connected:
        return TicketState.CANCELLED, "client"
    return TicketState.FAILED, "upstream" if visit is not None and visit.is_forwarded else "gate"


def how_it_ended(flow: http.HTTPFlow) -> tuple[TicketState, str]:
    """The same of one whose answer came to its end: an error is a whole answer, and a failure all the same."""
    visit = visit_of(flow)
    if visit is None or not visit.is_forwarded or visit.refusal is not None:
        return how_it_broke_off(flow)
    return (TicketState.FAILED if visit.meter.has_failed else TicketState.DONE), "upstream"


def excuse_for(visit: Visit | None, code: ErrorCode) -> Refusal:
    """What to tell a client whose request got no answer from its upstream."""
    if code in (ErrorCode.GENERIC_CLIENT_ERROR, ErrorCode.REQUEST_VALIDATION_FAILED):
        return Refusal(Reason.MALFORMED, "it is not sound HTTP/1.1")
    if visit is not None and visit.refusal is not None:
        return visit.refusal
    if visit is None or code is ErrorCode.KILL:
        return Refusal(Reason.INTERNAL)
    if visit.route.kind is RouteKind.UI:
        return Refusal(Reason.WEB_APP_DOWN)
    is_unreachable = code is ErrorCode.CONNECT_FAILED
    return Refusal(Reason.UPSTREAM_UNREACHABLE if is_unreachable else Reason.UPSTREAM_BROKEN)
