"""The queue, as text for a terminal. The form of its JSON is that of `GET /gate/queue`."""

from typing import NotRequired, TypedDict

from admin_app.cli.tables import printable, table
from admin_app.cli.words import ago, between, stopwatch

_RUNNING = ("PRINCIPAL", "CLASS", "MODEL", "PRIORITY", "RUNNING", "TOKENS", "TOKENS/S", "TICKET")
_WAITING = ("POSITION", "PRINCIPAL", "CLASS", "MODEL", "PRIORITY", "WAITED", "STILL", "TICKET")


class Running(TypedDict):
    """One ticket that holds a slot."""

    ticket: str
    principal: str
    model: str
    base: int
    effective: float
    running_s: float
    tokens: NotRequired[int | None]
    tokens_per_s: float | None


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
    why: str


class Slots(TypedDict):
    """How many requests may run at once, and how many do."""

    total: int
    used: int


class Queue(TypedDict):
    """The whole answer."""

    state: str
    since_at: float
    by: str
    slots: Slots
    waiting: list[Waiting]
    running: list[Running]


def render(queue: Queue, now: float, *, with_why: bool = False) -> str:
    """Return the queue as a heading and up to two tables; with_why, each waiting ticket's reason follows."""
    running, waiting = queue["running"], queue["waiting"]
    parts = [_heading(queue, now)]
    if running:
        parts.append(table(_RUNNING, map(_running, running)))
    if waiting:
        parts.append(table(_WAITING, map(_waiting, waiting)))
    if waiting and with_why:
        parts.append("\n".join(f"{one['position']}. {printable(one['why'])}" for one in waiting))
    if not running and not waiting:
        parts.append("Nothing runs and nothing waits. Requests appear here as they come in.")
    return "\n\n".join(parts)


def _heading(queue: Queue, now: float) -> str:
    slots, by = queue["slots"], printable(queue["by"])
    stopped = "" if queue["state"] == "open" or not by else f" by {by}, {ago(queue['since_at'], now)}"
    figures = f"{slots['used']} of {slots['total']} slots in use, {len(queue['waiting'])} waiting"
    return f"{queue['state']}{stopped}: {figures}"


def _running(one: Running) -> tuple[object, ...]:
    elapsed, speed = stopwatch(one["running_s"]), one["tokens_per_s"]
    who = (one["principal"], _class_of(one), one["model"], _priority(one))
    return (*who, elapsed, one.get("tokens"), None if speed is None else f"{speed:.1f}", one["ticket"])


def _waiting(one: Waiting) -> tuple[object, ...]:
    waited, still = stopwatch(one["waited_s"]), between(one["eta_low_s"], one["eta_high_s"])
    who = (one["position"], one["principal"], _class_of(one), one["model"])
    return (*who, _priority(one), waited, still, one["ticket"])


def _priority(one: Running | Waiting) -> str:
    return f"{one['base']} -> {one['effective']:.2f}"


def _class_of(one: Running | Waiting) -> object:
    # "class" is no name Python lets a TypedDict declare in this notation.
    return one.get("class")
