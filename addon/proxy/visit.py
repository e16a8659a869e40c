"""One request on its way through the gate, from its headers to its end."""

import time
from dataclasses import dataclass, field

from addon.core.addresses import Address
from addon.core.held_bodies import HeldBody
from addon.core.patience import AnswerForm
from addon.core.policy import Identity
from addon.core.refusal import Refusal
from addon.core.routes import Route
from addon.core.ticket import Ticket
from addon.core.usage import Meter


@dataclass(slots=True)
class Visit:
    """What the gate knows of a request.

    `refusal` is why the gate itself ends it after admission, and `ended_by` on whose wish; `is_ending` says that a
    hook is about to end it. `has_begun_early` says whether its answer began before the upstream's, `form` in which
    form anything may be added to the answer. `body` counts what is held of the request's body. `models` are those
    that a request without a ticket names, `passed_bytes` what has passed of an answer that no meter looks at.

    `identity` is None for routes that need none, and for pages, of which the web app says whose they were:
    `asker_id`. `address` is None when unknown.
    """

    route: Route
    identity: Identity | None
    address: Address | None
    ticket: Ticket | None = None
    refusal: Refusal | None = None
    ended_by: str = "gate"
    is_ending: bool = False
    form: AnswerForm | None = None
    is_forwarded: bool = False
    is_finished: bool = False
    has_begun_early: bool = False
    body: HeldBody | None = None
    models: tuple[str, ...] = ()
    passed_bytes: int = 0
    asker_id: str | None = None
    meter: Meter = field(default_factory=Meter)
    arrived_at: float = field(default_factory=time.time)
