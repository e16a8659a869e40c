"""The heartbeat of one request: keeps its client, and every proxy on the way, from giving up in silence.

Nothing is sent for `early_response_after_s`. Then the answer begins with its head and a filler, and a filler
follows whenever `heartbeat_s` pass in silence, wherever the stream has room for one.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from mitmproxy import http

from addon.core.patience import AnswerForm
from addon.core.ticket import Ticket
from addon.proxy.cors import let_page_read
from addon.proxy.handlers import handler_of
from addon.proxy.patient_stream import Injected
from addon.proxy.records import add_early_headers
from addon.proxy.tasks import spawn
from addon.proxy.visit import Visit


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a request waits in silence at first, and between two fillers; in seconds."""

    first_after_s: float
    then_every_s: float


class Heart:
    """Beats for one flow from its arrival to its end.

    `may_begin` is asked once, before the 200 is spent; whoever says no has refused the request.
    """

    def __init__(
        self,
        flow: http.HTTPFlow,
        visit: Visit,
        ticket: Ticket,
        form: AnswerForm,
        pace: Pace,
        may_begin: Callable[[], Awaitable[bool]],
    ) -> None:
        self._flow = flow
        self._visit = visit
        self._ticket = ticket
        self._form = form
        self._pace = pace
        self._may_begin = may_begin
        self._last_byte_at = time.monotonic()
        self._is_asking = False
        self._is_over = False
        self.on_sent: Callable[[], None] = _nobody_counts
        self._first_beat: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to beat, unless the client speaks HTTP/1.0, whose answers end with the connection."""
        if self._flow.request.http_version == "HTTP/1.1":
            # Most requests end before the first beat; for them a timer costs less than a task.
            loop = asyncio.get_running_loop()
            self._first_beat = loop.call_later(self._pace.first_after_s, self._begin_to_beat)

    def stop(self) -> None:
        """Beat no more."""
        self._is_over = True
        if self._first_beat is not None:
            self._first_beat.cancel()
        # Whoever asks the upstream is let finish: httpx, cancelled while it connects, may swallow the cancellation
        # and leave its connection open (seen with 0.28).
        if self._task is not None and not self._is_asking:
            self._task.cancel()

    def heard(self) -> None:
        """The upstream has just sent something."""
        self._last_byte_at = time.monotonic()

    def _begin_to_beat(self) -> None:
        self._task = spawn(self._beat(), name="heartbeat")

    async def _beat(self) -> None:
        await self._begin()
        while not self._is_over:
            due_in_s = self._last_byte_at + self._pace.then_every_s - time.monotonic()
            if due_in_s > 0:
                await asyncio.sleep(due_in_s)
            else:
                await self._inject(self._form.filler)

    async def _begin(self) -> None:
        if not await self._is_allowed() or self._is_over or self._flow.response is not None:
            return
        head = http.Response.make(200, b"", {"Content-Type": self._form.value})
        del head.headers["Content-Length"]
        head.headers["Transfer-Encoding"] = "chunked"
        add_early_headers(head, self._ticket)
        let_page_read(self._flow.request, head)
        # Whether it was in time is known only now: the upstream may just have been faster.
        self._visit.has_begun_early = await self._inject(self._form.filler, head)

    async def _is_allowed(self) -> bool:
        self._is_asking = True
        try:
            return await self._may_begin()
        finally:
            self._is_asking = False

    async def _inject(self, filler: bytes, head: http.Response | None = None) -> bool:
        self._last_byte_at = time.monotonic()
        handler = handler_of(self._flow.client_conn.id)
        if handler is None:
            return False
        injected = Injected(self._flow, filler, head)
        await handler.server_event(injected)
        if injected.was_sent:
            self.on_sent()
        return injected.was_sent


def _nobody_counts() -> None:
    """What happens at each filler until somebody wants to know."""
