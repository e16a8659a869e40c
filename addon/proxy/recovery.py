"""An Ollama that has lost its slot: noticed, and helped once.

Ollama can lose a slot for ever: its handler returns while the goroutine that holds the slot is blocked. Every
later request for that model then hangs in silence, and `/api/ps` looks normal (reproduced). What helps is an
empty generate with `keep_alive: 0`: it ends the model's runner, and the next request loads a new one.

It is done when a request got no first byte within its deadline although no other of ours ran on that model and
Ollama says that the model is loaded; then not again until a request for that model has succeeded.
"""

import logging

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

    def succeeded(self, ticket: Ticket) -> None:
        """The model of this ticket serves."""
        self._helped.discard(ticket.model)

    async def recover_if_lost(self, ticket: Ticket, refusal: Refusal | None) -> None:
        """Unload the model of a ticket that ends with this refusal, if it seems to serve nobody any more."""
        was_silent = refusal is not None and refusal.reason is Reason.FIRST_BYTE_TIMEOUT
        if not was_silent or ticket.model in self._helped or self._is_in_use(ticket):
            return
        self._helped.add(ticket.model)
        if await self.probe.is_loaded(ticket.model):
            _log.warning(
                "model %s is loaded and answered nobody; it is unloaded, in case Ollama has lost its slot",
                ticket.model,
            )
            await self.probe.unload(ticket.model)

    def _is_in_use(self, ticket: Ticket) -> bool:
        running = self._turnstile.gate.running
        return any(other.model == ticket.model for other in running if other is not ticket)
