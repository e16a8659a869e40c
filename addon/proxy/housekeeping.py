"""What goes on beside the requests: following the rules, keeping the records, answering the command line."""

import asyncio
import logging
import time
from pathlib import Path

from addon.core.steady_clock import STEADY_S, SteadyClock
from addon.proxy.assembly import Assembly
from addon.proxy.control import serve_control
from addon.proxy.sweeper import Sweeper
from addon.proxy.tasks import spawn
from addon.store.copies import Copies
from addon.store.errors import StoreError

FLUSH_PERIOD_S = 1.0
"""At most this much of the journal, and of what was done to the queue, is lost to a kill -9."""
COPY_PERIOD_S = 600.0
"""How often it is looked whether a daily copy is due. A start has better things to do than to make one."""
FORGET_AFTER_S, FORGET_PERIOD_S = 60.0, 3600.0
"""When it is first looked for what is too old, and how often from then on."""
_BETWEEN_STEPS_S = 0.2

_log = logging.getLogger(__name__)


def elapsed_s() -> float:
    """A clock that nobody sets and that goes on while the machine sleeps, which Linux' monotonic one does not."""
    boot: int | None = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)


class Housekeeping:
    """Starts and stops the background work of one gate."""

    def __init__(self, assembly: Assembly) -> None:
        self._parts = assembly
        self._tasks: list[asyncio.Task[None]] = []
        self._control: asyncio.Server | None = None

    async def start(self) -> None:
        """Load the rules, then keep everything going."""
        await self._parts.rules.refresh()
        await self._parts.steering.load()
        self._control = await serve_control(self.socket, self._parts.steering, self._parts.live_api)
        self._tasks = [
            spawn(self._parts.rules.watch(), name="follow the rules"),
            spawn(self._write_down(), name="write the journal"),
            spawn(self._forget_old(), name="forget what is old"),
            spawn(self._parts.connections.watch(), name="watch the connections"),
            spawn(self._copy_daily(), name="copy the database"),
            spawn(self._parts.upstreams.watch(), name="watch the upstream"),
            spawn(Sweeper(self._parts.exchanges).sweep_for_ever(), name="sweep"),
        ]

    async def stop(self) -> None:
        """Write what is left and let go of the database. Without it nobody is let through any longer."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._parts.rules.forget()
        if self._control is not None:
            # The file is not removed here: by now it may be that of the gate which has replaced this one.
            self._control.close()
        await self._flush()
        self._parts.access.close()
        await self._parts.source.close()
        await self._parts.engine.dispose()

    @property
    def socket(self) -> Path:
        """Where the command line reaches this gate."""
        return self._parts.settings.data_dir / "control.sock"

    async def _write_down(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_PERIOD_S)
            await self._flush()

    async def _copy_daily(self) -> None:
        settings = self._parts.settings
        copies = Copies(settings.database.url, settings.data_dir)
        while True:
            await asyncio.sleep(COPY_PERIOD_S)
            try:
                copy = await asyncio.to_thread(copies.daily, settings.backup.kept, time.time())
            except StoreError as error:
                _log.error("no daily copy was made: %s", error)
            else:
                if copy is not None:
                    _log.info("the database was copied to %s", copy)

    async def _forget_old(self) -> None:
        clock: SteadyClock | None = None
        await asyncio.sleep(FORGET_AFTER_S)
        while True:
            has_more = False
            try:
                clock = clock or await self._clock()
                has_more = await self._forget_some(clock)
            except StoreError as error:
                _log.warning("%s It is tried again in an hour.", error)
            await asyncio.sleep(_BETWEEN_STEPS_S if has_more else FORGET_PERIOD_S)

    async def _clock(self) -> SteadyClock:
        now = time.time()
        return SteadyClock(await self._parts.retention.newest_at(now - STEADY_S), now, elapsed_s())

    async def _forget_some(self, clock: SteadyClock) -> bool:
        if clock.is_trusted(time.time(), elapsed_s()):
            return await self._parts.retention.forget_some(time.time())
        _log.warning(
            "The clock has leapt forward. Nothing is deleted for being old until it has gone evenly for a day."
        )
        return False

    async def _flush(self) -> None:
        for records in (self._parts.journal, self._parts.audit, self._parts.access):
            try:
                await records.flush()
            except Exception:  # noqa: BLE001 - one that fails keeps no other from being written, now or later
                _log.exception("records could not be written")
