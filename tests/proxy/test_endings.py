"""How an exchange ended that did not end well: the table behind the states of tests/proxy/test_leaving.py."""

import pytest
from mitmproxy.connection import ConnectionState
from mitmproxy.proxy.layers.http._events import ErrorCode
from mitmproxy.test import tflow

from addon.core.refusal import Reason, Refusal
from addon.core.routes import Route, RouteKind
from addon.core.ticket import TicketState
from addon.proxy.endings import excuse_for, how_it_broke_off
from addon.proxy.visit import Visit
from addon.proxy.visits import begin_visit


def _visit(reason: Reason | None = None, kind: RouteKind = RouteKind.INFER, *, is_forwarded: bool = True) -> Visit:
    visit = Visit(Route(kind, "/api/chat"), None, None, is_forwarded=is_forwarded)
    visit.refusal = None if reason is None else Refusal(reason)
    return visit


@pytest.mark.parametrize(
    ("visit", "is_connected", "ending"),
    [
        (_visit(Reason.IDLE_TIMEOUT), True, (TicketState.TIMED_OUT, "gate")),
        (_visit(Reason.HELD_TOO_LONG), False, (TicketState.TIMED_OUT, "gate")),
        (_visit(Reason.CANCELLED), True, (TicketState.CANCELLED, "gate")),
        (_visit(), False, (TicketState.CANCELLED, "client")),
        (_visit(), True, (TicketState.FAILED, "upstream")),
        (_visit(is_forwarded=False), True, (TicketState.FAILED, "gate")),
    ],
)
def test_who_ended_it(visit: Visit, is_connected: bool, ending: tuple[TicketState, str]) -> None:
    flow = tflow.tflow()
    flow.client_conn.state = ConnectionState.OPEN if is_connected else ConnectionState.CLOSED
    begin_visit(flow, visit)
    assert how_it_broke_off(flow) == ending


@pytest.mark.parametrize(
    ("visit", "code", "reason"),
    [
        (None, ErrorCode.REQUEST_VALIDATION_FAILED, Reason.MALFORMED),
        (_visit(Reason.FIRST_BYTE_TIMEOUT), ErrorCode.GENERIC_SERVER_ERROR, Reason.FIRST_BYTE_TIMEOUT),
        (None, ErrorCode.CONNECT_FAILED, Reason.INTERNAL),
        (_visit(), ErrorCode.KILL, Reason.INTERNAL),
        (_visit(kind=RouteKind.UI), ErrorCode.CONNECT_FAILED, Reason.WEB_APP_DOWN),
        (_visit(), ErrorCode.CONNECT_FAILED, Reason.UPSTREAM_UNREACHABLE),
        (_visit(), ErrorCode.GENERIC_SERVER_ERROR, Reason.UPSTREAM_BROKEN),
    ],
)
def test_what_its_client_is_told(visit: Visit | None, code: ErrorCode, reason: Reason) -> None:
    assert excuse_for(visit, code).reason is reason
