"""One line of the access log: what is told of a request, and what is not.

Promise: no prompt, no answer and no credential is in it. What the client wrote (path, agent, model) is bounded,
free of control characters, and has a `-` in the place of anything in the form of a key or token; on pages and
unknown paths also in the place of whatever is long enough to be one, and no UUID. Queries are left out.
"""

import re
import time
from dataclasses import dataclass, replace

from mitmproxy import http

from addon.core.key_path import redacted, take_key
from addon.core.routes import RouteKind
from addon.core.ticket import TicketState
from addon.proxy.records import status_told
from addon.proxy.visit import Visit
from addon.proxy.visits import noted_refusal, visit_of
from addon.store.journal import Finished

_MOST_CHARACTERS = 256
# Invite tokens have 32 characters; escaped (`%5F`) or where no page reads one, they are secret still.
_LONG = re.compile(rb"(?<![A-Za-z0-9_%-])(?!(?:[0-9a-f]+-){4}[0-9a-f]{12}(?:/|$))[A-Za-z0-9_%-]{20,}")


@dataclass(frozen=True, slots=True)
class AccessLine:
    """One request, with the fields in the order of the log; None where there is nothing to tell.

    Durations in seconds, `at` in unix seconds; `bytes` is the size of the answer, as far as the gate
    has seen it.
    """

    at: float
    address: str | None
    method: str | None = None
    path: str | None = None
    status: int | None = None
    reason: str | None = None
    ticket: str | None = None
    principal: str | None = None
    principal_class: str | None = None
    model: str | None = None
    waited_s: float | None = None
    ran_s: float | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None
    bytes: int | None = None
    ended_by: str | None = None
    user_agent: str | None = None


def access_line(flow: http.HTTPFlow, state: TicketState, by: str, row: Finished | None) -> AccessLine:
    """The line of an exchange that is over; `row` is its journal row, if it had a ticket."""
    visit, request = visit_of(flow), flow.request
    line = AccessLine(
        at=request.timestamp_start or time.time(),
        address=_address(flow, visit),
        method=clean(request.method),
        path=clean(_path(request.data.path, is_known=visit is not None and visit.route.kind is not RouteKind.UI)),
        status=_status(flow, visit, state),
        reason=_reason(flow),
        bytes=_size(flow.response),
        ended_by=by if row is None else row.ended_by,
        user_agent=clean(request.headers.get("user-agent", "")) or None,
    )
    if visit is not None and visit.identity is not None:
        principal = visit.identity.principal
        line = replace(line, principal=principal.id, principal_class=principal.principal_class.value)
    elif visit is not None:
        line = replace(line, principal=visit.asker_id)
    if visit is not None and line.bytes is None:
        line = replace(line, bytes=visit.meter.bytes or visit.passed_bytes or None)
    return line if row is None else _with_row(line, row)


def clean(text: str) -> str:
    """What a client wrote, fit for a log."""
    bounded = redacted(text[: 4 * _MOST_CHARACTERS].encode(errors="replace")).decode()[:_MOST_CHARACTERS]
    return "".join(one if one.isprintable() else "?" for one in bounded)


def _with_row(line: AccessLine, row: Finished) -> AccessLine:
    return replace(
        line,
        status=row.status,
        ticket=row.ticket,
        model=clean(row.model),
        waited_s=round(row.waited_s, 3),
        ran_s=round(row.ran_s, 3),
        tokens_in=row.prompt_tokens,
        tokens_out=row.completion_tokens,
    )


def _path(target: bytes, *, is_known: bool) -> str:
    path = take_key(target)[1].partition(b"?")[0]
    return (path if is_known else _LONG.sub(b"-", path)).decode("latin-1")


def _address(flow: http.HTTPFlow, visit: Visit | None) -> str | None:
    if visit is not None:
        return None if visit.address is None else str(visit.address)
    return str(flow.client_conn.peername[0])


def _status(flow: http.HTTPFlow, visit: Visit | None, state: TicketState) -> int | None:
    if visit is not None:
        return status_told(flow.response, visit, state)
    refusal = noted_refusal(flow)
    if flow.response is None:
        return None if refusal is None else refusal.status
    return flow.response.status_code


def _reason(flow: http.HTTPFlow) -> str | None:
    visit, refusal = visit_of(flow), noted_refusal(flow)
    if refusal is None and visit is not None:
        refusal = visit.refusal
    if refusal is not None:
        return refusal.reason.code
    is_ollamas = visit is not None and visit.is_forwarded and visit.route.kind is not RouteKind.UI
    return None if flow.response is None or is_ollamas else flow.response.headers.get("X-Sluice-Reason")


def _size(response: http.Response | None) -> int | None:
    if response is None:
        return None
    if response.raw_content is not None:
        return len(response.raw_content)
    length = response.headers.get("content-length", "")
    return int(length) if length.isdecimal() and len(length) < 16 else None
