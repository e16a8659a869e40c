"""The administrator's hand on the running gate, whether it comes over HTTP or from the terminal.

Promise: whatever it changes is noted in the audit log with who did it; a wish that changes nothing is not. Wishes
that cannot be fulfilled raise SteeringError with the refusal to give.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable
from dataclasses import dataclass

from addon.core.principal import PRIORITIES
from addon.core.refusal import Reason, Refusal
from addon.core.ticket import Ticket, TicketState
from addon.proxy.limits import gate_limits
from addon.proxy.turnstile import Turnstile
from addon.settings import Settings, SettingsError, check_live, fitting, is_fixed, with_live
from addon.store.audit import Actor, Deed, Values
from addon.store.audit_writer import AuditWriter
from addon.store.errors import StoreError
from addon.store.live_settings import LiveSettings

AT_TERMINAL = Actor("terminal", "terminal")
"""Whoever reaches the control socket: only the owner of the data directory can."""

_SLOTS = "upstream.slots"
_CONFIGURED = "configured"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Standing:
    """Since when (unix seconds) the gate is in its state, and by whom; empty for the state it started in."""

    since_at: float
    by: str = ""


class SteeringError(ValueError):
    """The wish cannot be fulfilled; `refusal` says why."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(refusal.message)


class Steering:
    """Controls of one gate, and the numbers they have changed."""

    def __init__(self, turnstile: Turnstile, settings: Settings, kept: LiveSettings, audit: AuditWriter) -> None:
        self._turnstile = turnstile
        self._settings = settings
        self._kept = kept
        self._audit = audit
        self._changed: dict[str, object] = {}
        self._changing = asyncio.Lock()  # so that no older reading of the table undoes a change
        self.standing = Standing(time.time())

    async def load(self) -> None:
        """Take up what was changed, in earlier runs or by the web app; a value that no longer fits is left out and
        logged. Raises StoreError; then everything stays as it was."""
        async with self._changing:
            fits, errors = fitting(await self._kept.load())
            for error in errors:
                _log.warning("%s It is left out.", error)
            self._changed = dict(fits)
            self._apply()

    def control(self, wish: str, by: Actor) -> None:
        """Pause, resume or drain. Raises ValueError for any other word."""
        before = {"state": self._turnstile.gate.state.value}
        self._turnstile.control(wish)
        after = {"state": self._turnstile.gate.state.value}
        if before != after:
            self.standing = Standing(time.time(), by.name)
        self._note(by, f"gate.{wish}", ("gate", ""), before, after)

    def shut_down(self) -> None:
        """Drain, because Sluice ends: nobody's wish at the gate, and no deed for the audit log."""
        self._turnstile.control("drain")
        self.standing = Standing(time.time())

    def cancel(self, ticket: Ticket, by: Actor) -> None:
        """End a ticket; one that has ended stays as it is. Whoever ends their own is nobody's business."""
        was_live, before = ticket.is_live, {"state": ticket.state.value}
        self._turnstile.cancel(ticket, by.id)
        if was_live and ticket.principal.id != by.id:
            # A running one ends in a moment, when its upstream has been let go.
            self._note(by, "ticket.cancel", _about(ticket), before, {"state": TicketState.CANCELLED.value})

    def bump(self, ticket: Ticket, by: Actor, priority: object = None) -> None:
        """Move a waiting ticket to the front, or to another base priority."""
        before = _place(ticket)
        if priority is None:
            self._turnstile.bump(ticket)
        elif isinstance(priority, bool) or not isinstance(priority, int) or priority not in PRIORITIES:
            raise SteeringError(Refusal(Reason.BAD_VALUE, "priority must be a whole number from 0 to 9."))
        else:
            self._turnstile.rebase(ticket, priority)
        self._note(by, "ticket.bump", _about(ticket), before, _place(ticket))

    async def resize(self, upstream: object, slots: object, by: Actor) -> None:
        """Set how many requests run at once; kept over restarts, in force when this returns.

        `"configured"` takes an earlier change back.
        """
        if upstream not in (None, self._settings.upstreams[0].name):
            known = self._settings.upstreams[0].name
            raise SteeringError(
                Refusal(Reason.BAD_VALUE, f"There is no such upstream. The only one is {known!r}.")
            )
        if slots == _CONFIGURED:
            await self.restore(_SLOTS, by)
        else:
            await self.change(_SLOTS, slots, by)

    async def restore(self, key: str, by: Actor) -> None:
        """Go back to what file, environment and options say."""
        async with self._changing:
            await self._write(self._kept.forget(key))
            self._take_up(key, _CONFIGURED, by)

    async def change(self, key: str, value: object, by: Actor) -> None:
        """Change one of the gate's numbers, above the file and below environment and options."""
        try:
            check_live(key, value)
        except SettingsError as error:
            raise SteeringError(Refusal(Reason.BAD_VALUE, error.sentence)) from error
        if is_fixed(self._settings, key):
            where = f"{key}, set by the {self._settings.source(key)},"
            raise SteeringError(Refusal(Reason.SETTING_FIXED, where))
        async with self._changing:
            await self._write(self._kept.keep(key, value, by.id, time.time()))
            self._take_up(key, value, by)

    def _take_up(self, key: str, value: object, by: Actor) -> None:
        before = self._changed.pop(key, _CONFIGURED)
        if value != _CONFIGURED:
            self._changed[key] = value
        self._apply()
        self._note(by, "setting.change", (f"setting:{key}", key), {key: before}, {key: value})

    def _note(self, by: Actor, action: str, about: tuple[str, str], before: Values, after: Values) -> None:
        if before != after:
            self._audit.add(by, Deed(action, *about, before, after), time.time())

    @staticmethod
    async def _write(writing: Awaitable[None]) -> None:
        try:
            await writing
        except StoreError as error:
            raise SteeringError(Refusal(Reason.NOT_KEPT)) from error

    def _apply(self) -> None:
        self._turnstile.change_limits(gate_limits(with_live(self._settings, self._changed)))


def _about(ticket: Ticket) -> tuple[str, str]:
    return f"ticket:{ticket.id}", ticket.principal.label


def _place(ticket: Ticket) -> Values:
    return {"base": ticket.base, "bump": ticket.bump}
