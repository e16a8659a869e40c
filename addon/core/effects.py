"""What the gate wants done: the values its methods return, to be carried out in their order."""

from dataclasses import dataclass

from addon.core.refusal import Refusal
from addon.core.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Admit:
    """Let this ticket's request go to the upstream now."""

    ticket: Ticket


@dataclass(frozen=True, slots=True)
class Refuse:
    """Answer this request with the refusal; it never reached the upstream."""

    ticket: Ticket
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Abort:
    """Close the upstream connection of this running ticket, then report its `end`.

    `by` is who wants it: a principal's id, "terminal" for the command line, "gate" for a deadline.
    """

    ticket: Ticket
    refusal: Refusal
    by: str = "gate"


type Effect = Admit | Refuse | Abort
