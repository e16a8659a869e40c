"""An Ollama that has lost its slot: noticed, and helped once.

Ollama can lose a slot for ever: its handler returns while the goroutine that holds the slot is blocked. Every
later request for that model then hangs in silence, and `/api/ps` looks normal (reproduced). What helps is an
empty generate with `keep_alive: 0`: it ends the model's runner, and the next request loads a new one.

It is done when a request got no first byte within its deadline although no other of ours was served by that model
and Ollama says that the model is loaded; then not again until a request for that model has succeeded.
"""

import asyncio
import logging

from addon.core.model_names import canonical
from addon.core.refusal import Reason, Refusal
from addon.core.ticket import Ticket
from addon.proxy.probe import Probe
from addon.proxy.turnstile import Turnstile

_log = logging.getLogger(__name__)


class Recovery:
    """Watches how requests end, by model."""

    def __init__(self, turnstile: Turnstile, probe: Probe) -> None:
        self.probe = probe
        self._turnstile = turnstile
        self._helped: set[str] = set()
        self._helping = asyncio.Lock()

    def succeeded(self, ticket: Ticket) -> None:
        """The model of this ticket serves."""
        self._helped.discard(canonical(ticket.model))

    async def recover_if_lost(self, ticket: Ticket, refusal: Refusal | None) -> None:
        """Unload the model of a ticket that ends with this refusal, if it seems to serve nobody any more."""
        was_silent = refusal is not None and refusal.reason is Reason.FIRST_BYTE_TIMEOUT
        model = canonical(ticket.model)
        if not was_silent or model in self._helped or self._is_serving(model):
            return
        async with self._helping:  # whoever ends at the same time waits for the help, too
            await self._help(model)

    async def _help(self, model: str) -> None:
        if model not in self._helped and await self.probe.is_loaded(model):
            self._helped.add(model)
            _log.warning(
                "model %s is loaded and answered nobody; it is unloaded, in case Ollama has lost its slot",
                model,
            )
            await self.probe.unload(model)

    def _is_serving(self, model: str) -> bool:
        # Others that have heard nothing yet may hang in the same way.
        running = self._turnstile.gate.running
        return any(ticket.first_byte_us is not None and canonical(ticket.model) == model for ticket in running)
