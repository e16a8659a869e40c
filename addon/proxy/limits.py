"""From the settings to the numbers the gate and its door work by."""

from dataclasses import asdict, dataclass

from addon.core.addresses import Network
from addon.core.head import HeadLimits
from addon.core.limits import GateLimits
from addon.core.principal import PrincipalClass
from addon.core.routes import RouteKind
from addon.proxy.visit import Visit
from addon.settings import Settings

_FORM_BYTES = 2**20
_SHORT_BYTES = 64 * 2**10
_CONVERSATION_BYTES = 24 * 2**20  # messages may hold images


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


@dataclass(frozen=True, slots=True)
class DoorLimits:
    """What one client connection may cost, in bytes, seconds and connections."""

    head: HeadLimits
    head_s: float
    body_bytes: int
    connections: int
    connections_per_address: int
    trusted_proxies: tuple[Network, ...]


def door_limits(settings: Settings) -> DoorLimits:
    """The door's numbers."""
    limits = settings.limits
    return DoorLimits(
        head=HeadLimits(head_bytes=limits.header_bytes),
        head_s=limits.head_s,
        body_bytes=limits.body_bytes,
        connections=limits.connections,
        connections_per_address=limits.connections_per_address,
        trusted_proxies=settings.gate.trusted_proxies,
    )


def body_limit(visit: Visit, limits: DoorLimits) -> int | None:
    """How large the body of this request may be, in bytes; None for a file that is passed through."""
    if visit.route.has_streamed_body:
        return None
    if visit.route.is_conversation and visit.identity is not None:
        return min(_CONVERSATION_BYTES, limits.body_bytes)
    if visit.route.kind is RouteKind.UI:
        return min(_FORM_BYTES, limits.body_bytes)
    is_short = visit.route.kind is RouteKind.LIVE or visit.identity is None
    return min(_SHORT_BYTES, limits.body_bytes) if is_short else limits.body_bytes
