"""Small makers of the core's values, so that a test names only what it is about."""

from hypothesis import settings

from addon.core.aging import US_PER_S
from addon.core.effects import Admit, Effect
from addon.core.gate import Gate
from addon.core.limits import GateLimits
from addon.core.principal import DEFAULT_SCOPES, Principal, PrincipalClass, Quota, Scope
from addon.core.ticket import Ticket

# One shared core may stall for longer than hypothesis's 200 ms; the time of a pure function proves nothing.
patient = settings(deadline=None)

MAX_WAIT_S = {PrincipalClass.DIRECT_API: 900.0, PrincipalClass.CUSTOM_APP: 3600.0, PrincipalClass.WEB_CHAT: 1800.0}


def make_principal(
    name: str = "rule:1",
    principal_class: PrincipalClass = PrincipalClass.DIRECT_API,
    *,
    scopes: frozenset[Scope] = DEFAULT_SCOPES,
    models: frozenset[str] | None = None,
    max_waiting: int | None = None,
    max_running: int | None = None,
    owners: Quota | None = None,
) -> Principal:
    """A principal labelled with its own id, of base 1."""
    return Principal(name, name, principal_class, 1, scopes, models, max_waiting, max_running, owners=owners)


def make_ticket(name: str, *, principal: Principal | None = None, base: int = 1, arrived_s: float = 0.0) -> Ticket:
    """A new ticket for `/api/chat`; its instants are given in seconds."""
    owner = principal or make_principal()
    return Ticket(name, owner, "gemma3", "/api/chat", base, at(arrived_s))


def make_limits(
    *, slots: int = 1, aging_per_minute: float = 0.1, max_waiting: int = 500, max_waiting_per_principal: int = 50
) -> GateLimits:
    """The settings' defaults, unless said otherwise."""
    return GateLimits(
        slots=slots,
        aging_per_minute=aging_per_minute,
        max_waiting=max_waiting,
        max_waiting_per_principal=max_waiting_per_principal,
        max_wait_s=MAX_WAIT_S,
        first_byte_timeout_s=900.0,
        idle_timeout_s=600.0,
        max_hold_s=1800.0,
    )


def at(seconds: float) -> int:
    """An instant of the gate's clock."""
    return round(seconds * US_PER_S)


def arrive(gate: Gate, *tickets: Ticket) -> list[Effect]:
    """Let the tickets come, each at the instant it says."""
    return [effect for ticket in tickets for effect in gate.arrive(ticket, ticket.arrived_us)]


def busy_gate(*waiting: Ticket, slots: int = 1) -> tuple[Gate, Ticket]:
    """A gate whose slots are taken, and the ticket that holds the first of them; then the others arrive."""
    gate = Gate(make_limits(slots=slots))
    holders = [make_ticket(f"holder{number}") for number in range(slots)]
    assert arrive(gate, *holders) == [Admit(holder) for holder in holders]
    assert arrive(gate, *waiting) == []
    return gate, holders[0]
