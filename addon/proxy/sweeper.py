"""The last line behind the hooks: whatever mitmproxy fails to tell, no slot is lost for longer than 5 s.

Every second the running tickets are looked at, and every thirty the waiting ones, which hold no slot and may be
many. One whose exchange cannot go on any more is ended when it looks so twice in a row; a hook that is merely on
its way has run by then. Each find is a bug, here or below, and is logged.
"""

import asyncio
import itertools
import logging
from collections.abc import Sequence

from mitmproxy.connection import ConnectionState

from addon.core.refusal import Reason, Refusal
from addon.core.ticket import Ticket, TicketState
from addon.proxy.destinations import cut_upstream
from addon.proxy.exchanges import Exchanges
from addon.proxy.handlers import handler_of
from addon.proxy.visits import visit_of

SWEEP_PERIOD_S = 1.0
_RUNNING_SWEEPS = 30
"""Of so many sweeps, all but two in a row leave the waiting tickets alone."""
_log = logging.getLogger(__name__)


class Sweeper:
    """Finds tickets that nobody will end."""

    def __init__(self, exchanges: Exchanges) -> None:
        self._exchanges = exchanges
        self._suspects: set[str] = set()

    async def sweep_for_ever(self) -> None:
        """Sweep for as long as the gate runs."""
        for number in itertools.count():
            await asyncio.sleep(SWEEP_PERIOD_S)
            gate = self._exchanges.turnstile.gate
            self.sweep(gate.running if number % _RUNNING_SWEEPS > 1 else (*gate.running, *gate.waiting))

    def sweep(self, tickets: Sequence[Ticket]) -> None:
        """Look at each of these once."""
        suspects: set[str] = set()
        for ticket in tickets:
            try:
                if self._is_lost(ticket):
                    suspects.add(ticket.id)
                    if ticket.id in self._suspects:
                        self._end(ticket)
            except Exception:  # noqa: BLE001 - the others' slots must still be looked at
                _log.exception("ticket %s could not be looked at", ticket.id)
        self._suspects = suspects

    def _is_lost(self, ticket: Ticket) -> bool:
        flow = self._exchanges.flow_of(ticket)
        if flow is None:
            return True
        if self._exchanges.is_ending(flow):
            return False
        is_gone = handler_of(flow.client_conn.id) is None
        if is_gone or self._exchanges.turnstile.gate.is_aborting(ticket):
            return True
        visit = visit_of(flow)
        if visit is None or not visit.is_forwarded:
            return ticket.holds_slot
        upstream = flow.server_conn
        return upstream.timestamp_end is not None and upstream.state is ConnectionState.CLOSED

    def _end(self, ticket: Ticket) -> None:
        _log.error("ticket %s was ended by no hook; it is ended now", ticket.id)
        flow = self._exchanges.flow_of(ticket)
        if flow is None:
            self._exchanges.turnstile.end(ticket, TicketState.FAILED, "gate")
            return
        if (visit := visit_of(flow)) is not None and visit.refusal is None:
            visit.refusal = Refusal(Reason.INTERNAL)
        cut_upstream(flow)
        self._exchanges.finish(flow, TicketState.FAILED, "gate")
