"""The queue, as text for a terminal. The form of its JSON is that of `GET /gate/queue`."""

from typing import NotRequired, TypedDict

from admin_app.cli.tables import table
from admin_app.cli.words import between, stopwatch

_RUNNING = ("PRINCIPAL", "CLASS", "MODEL", "RUNNING", "TOKENS", "TICKET")
_WAITING = ("POSITION", "PRINCIPAL", "CLASS", "MODEL", "PRIORITY", "WAITED", "STILL", "TICKET")


class Running(TypedDict):
    """One ticket that holds a slot."""

    ticket: str
    principal: str
    model: str
    running_s: float
    tokens: NotRequired[int | None]


class Waiting(TypedDict):
    """One ticket in line; `base` is where its priority began, `effective` where it is now."""

    ticket: str
    position: int
    principal: str
    model: str
    base: int
    effective: float
    waited_s: float
    eta_low_s: float | None
    eta_high_s: float | None


class Slots(TypedDict):
    """How many requests may run at once, and how many do."""

    total: int
    used: int


class Queue(TypedDict):
    """The whole answer."""

    state: str
    slots: Slots
    waiting: list[Waiting]
    running: list[Running]


def render(queue: Queue) -> str:
    """Return the queue as a heading and up to two tables."""
    slots, waiting, running = queue["slots"], queue["waiting"], queue["running"]
    parts = [f"{queue['state']}: {slots['used']} of {slots['total']} slots in use, {len(waiting)} waiting"]
    if running:
        parts.append(table(_RUNNING, map(_running, running)))
    if waiting:
        parts.append(table(_WAITING, map(_waiting, waiting)))
    if not running and not waiting:
        parts.append("Nothing runs and nothing waits. Requests appear here as they come in.")
    return "\n\n".join(parts)


def _running(one: Running) -> tuple[object, ...]:
    elapsed = stopwatch(one["running_s"])
    return (one["principal"], _class_of(one), one["model"], elapsed, one.get("tokens"), one["ticket"])


def _waiting(one: Waiting) -> tuple[object, ...]:
    priority = f"{one['base']} -> {one['effective']:.2f}"
    waited, still = stopwatch(one["waited_s"]), between(one["eta_low_s"], one["eta_high_s"])
    who = (one["position"], one["principal"], _class_of(one), one["model"])
    return (*who, priority, waited, still, one["ticket"])


def _class_of(one: Running | Waiting) -> object:
    # "class" is no name Python lets a TypedDict declare in this notation.
    return one.get("class")
