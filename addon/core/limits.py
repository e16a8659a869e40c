"""The numbers the gate works by; each is a setting and explained there."""

from collections.abc import Mapping
from dataclasses import dataclass

from addon.core.principal import PrincipalClass


@dataclass(frozen=True, slots=True)
class GateLimits:
    """Slots, aging, limits on waiting, and deadlines in seconds."""

    slots: int
    aging_per_minute: float
    max_waiting: int
    max_waiting_per_principal: int
    max_wait_s: Mapping[PrincipalClass, float]
    first_byte_timeout_s: float
    idle_timeout_s: float
    max_hold_s: float
