"""The rules in force: one Policy, swapped whole, or none at all."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from addon.core.policy import Policy
from addon.store.errors import StoreError
from addon.store.policy_source import PolicySource

WATCH_PERIOD_S = 0.5
"""How often the database is asked for changes; the contract promises a second."""

_log = logging.getLogger(__name__)


class Rules:
    """Holds the present Policy. `policy` is None while the rules cannot be read: then nobody is let through."""

    def __init__(self, source: PolicySource) -> None:
        self._source = source
        self.policy: Policy | None = None
        self.on_change: Callable[[], Awaitable[None]] | None = None
        """Follows what changes together with the rules; it may raise StoreError and is then asked again."""
        self._is_followed = True

    async def refresh(self) -> None:
        """Take over what has been committed up to now."""
        try:
            changed = await self._source.poll(time.time())
        # Whatever went wrong: rules that cannot be followed must not stay in force, and `watch` must go on.
        except Exception as error:  # noqa: BLE001
            if self.policy is not None:
                _log.error("%s; nobody is let through until they can be", error)
            self.policy = None
            return
        if changed is not None:
            self.policy = changed
            self._is_followed = False
            _log.info("policy revision %d in force", changed.revision)
        if not self._is_followed:
            await self._follow()

    async def _follow(self) -> None:
        try:
            if self.on_change is not None:
                await self.on_change()
        except StoreError as error:
            _log.error("%s; the gate's numbers stay as they were until they can be", error)
        else:
            self._is_followed = True

    def forget(self) -> None:
        """Nobody follows the rules any longer, so nobody is let through by them."""
        self.policy = None

    async def watch(self) -> None:
        """Follow the rules for as long as the gate runs."""
        while True:
            await self.refresh()
            await asyncio.sleep(WATCH_PERIOD_S)
