"""Calling the hooks. mitmproxy looks for each in every addon anew, and twice: 15 % of a small request's time.

Internals of the pinned mitmproxy 12.2.3 that this relies on: `AddonManager._iter_hooks` and
`handle_lifecycle`, and hooks that are dataclasses of their arguments.
"""

import inspect
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

from mitmproxy import hooks
from mitmproxy.addonmanager import AddonManager
from mitmproxy.master import Master

_log = logging.getLogger(__name__)


class QuickAddons(AddonManager):
    """Addons whose hooks are looked up once. None of ours has an `update` hook or halts the others, so neither is.

    An exception in a hook is logged, as mitmproxy does; what must not go on behind one is `fail_closed`'s to stop.
    """

    def __init__(self, master: Master) -> None:
        super().__init__(master)
        self._found: dict[str, _Found] = {}

    def register(self, addon: object) -> object:
        """As mitmproxy does; its hooks count from now on."""
        self._found.clear()
        return cast("object", super().register(addon))

    async def handle_lifecycle(self, event: hooks.Hook) -> None:
        """Call every addon's hook, one after the other."""
        found = self._found.get(event.name) or self._find(event)
        arguments = [getattr(event, name) for name in found.parameters]
        for hook in found.hooks:
            try:
                result = hook(*arguments)
                if inspect.isawaitable(result):
                    await result
            except Exception:  # noqa: BLE001 - one addon's failure must not take the hook from the next
                _log.exception("hook %s failed", event.name)

    def _find(self, event: hooks.Hook) -> "_Found":
        # mitmproxy's `Hook.args` asks for the fields of the class each time, which costs more than the hook.
        parameters = list(inspect.signature(type(event)).parameters)
        found = _Found(parameters, [hook for addon in self.chain for _, hook in self._iter_hooks(addon, event)])
        self._found[event.name] = found
        return found


@dataclass(frozen=True, slots=True)
class _Found:
    """Whom an event is told, and what."""

    parameters: Sequence[str]
    hooks: Sequence[Callable[..., object]]
