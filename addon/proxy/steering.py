"""The administrator's hand on the running gate, whether it comes over HTTP or from the terminal.

`by` is who steers: a principal's id, or "owner" for the terminal. Wishes that cannot be fulfilled raise
SteeringError with the refusal to give.
"""

import logging
import time
from collections.abc import Awaitable

from addon.core.principal import PRIORITIES
from addon.core.refusal import Reason, Refusal
from addon.core.ticket import Ticket
from addon.proxy.limits import gate_limits
from addon.proxy.turnstile import Turnstile
from addon.settings import Settings, SettingsError, check_live, is_fixed, with_live
from addon.store.errors import StoreError
from addon.store.live_settings import LiveSettings

OWNER = "owner"
_SLOTS = "upstream.slots"
_log = logging.getLogger(__name__)


class SteeringError(ValueError):
    """The wish cannot be fulfilled; `refusal` says why."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(refusal.message)


class Steering:
    """Controls of one gate, and the numbers they have changed."""

    def __init__(self, turnstile: Turnstile, settings: Settings, kept: LiveSettings) -> None:
        self._turnstile = turnstile
        self._settings = settings
        self._kept = kept
        self._changed: dict[str, object] = {}

    async def load(self) -> None:
        """Take up what was changed in earlier runs; a value that no longer fits is left out and logged."""
        for key, value in (await self._kept.load()).items():
            try:
                check_live(key, value)
            except SettingsError as error:
                _log.warning("%s It is left out.", error)
            else:
                self._changed[key] = value
        self._apply()

    def control(self, wish: str) -> None:
        """Pause, resume or drain. Raises ValueError for any other word."""
        self._turnstile.control(wish)

    def cancel(self, ticket: Ticket, by: str) -> None:
        """End a ticket; one that has ended stays as it is."""
        self._turnstile.cancel(ticket, by)

    def bump(self, ticket: Ticket, priority: object = None) -> None:
        """Move a waiting ticket to the front, or to another base priority."""
        if priority is None:
            self._turnstile.bump(ticket)
        elif isinstance(priority, bool) or not isinstance(priority, int) or priority not in PRIORITIES:
            raise SteeringError(Refusal(Reason.BAD_VALUE, "priority must be a whole number from 0 to 9."))
        else:
            self._turnstile.rebase(ticket, priority)

    async def resize(self, upstream: object, slots: object, by: str) -> None:
        """Set how many requests run at once; kept over restarts, in force when this returns.

        `"configured"` takes an earlier change back.
        """
        if upstream not in (None, self._settings.upstreams[0].name):
            known = self._settings.upstreams[0].name
            raise SteeringError(
                Refusal(Reason.BAD_VALUE, f"There is no such upstream. The only one is {known!r}.")
            )
        if slots == "configured":
            await self.restore(_SLOTS)
        else:
            await self.change(_SLOTS, slots, by)

    async def restore(self, key: str) -> None:
        """Go back to what file, environment and options say."""
        await self._write(self._kept.forget(key))
        self._changed.pop(key, None)
        self._apply()

    async def change(self, key: str, value: object, by: str) -> None:
        """Change one of the gate's numbers, above the file and below environment and options."""
        try:
            check_live(key, value)
        except SettingsError as error:
            raise SteeringError(Refusal(Reason.BAD_VALUE, error.sentence)) from error
        if is_fixed(self._settings, key):
            where = f"{key}, set by the {self._settings.source(key)},"
            raise SteeringError(Refusal(Reason.SETTING_FIXED, where))
        await self._write(self._kept.keep(key, value, by, time.time()))
        self._changed[key] = value
        self._apply()

    @staticmethod
    async def _write(writing: Awaitable[None]) -> None:
        try:
            await writing
        except StoreError as error:
            raise SteeringError(Refusal(Reason.NOT_KEPT)) from error

    def _apply(self) -> None:
        self._turnstile.change_limits(gate_limits(with_live(self._settings, self._changed)))
