"""From the settings to the numbers the gate works by."""

from dataclasses import asdict

from addon.core.limits import GateLimits
from addon.core.principal import PrincipalClass
from addon.settings import Settings


def gate_limits(settings: Settings) -> GateLimits:
    """The gate's numbers."""
    queue = settings.queue
    return GateLimits(
        slots=settings.upstreams[0].slots,
        aging_per_minute=queue.aging_per_minute,
        max_waiting=queue.max_waiting,
        max_waiting_per_principal=queue.max_waiting_per_principal,
        max_wait_s={PrincipalClass(name): wait_s for name, wait_s in asdict(queue.max_wait_s).items()},
        first_byte_timeout_s=queue.first_byte_timeout_s,
        idle_timeout_s=queue.idle_timeout_s,
        max_hold_s=queue.max_hold_s,
    )
