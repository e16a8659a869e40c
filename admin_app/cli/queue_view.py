"""The queue, as text for a terminal."""

from admin_app.class_words import class_words
from admin_app.cli.tables import table
from admin_app.printable import printable
from admin_app.queue_form import Queue, Running, Waiting
from admin_app.words import ago, between, stopwatch

RUNNING_HEADERS = ("PRINCIPAL", "CLASS", "MODEL", "PRIORITY", "RUNNING", "TOKENS", "TOKENS/S", "TICKET")
NOTHING = "Nothing runs and nothing waits. Requests appear here as they come in."
WAITING_HEADERS = ("POSITION", "PRINCIPAL", "CLASS", "MODEL", "PRIORITY", "WAITED", "STILL", "TICKET")


def render(queue: Queue, now: float, *, with_why: bool = False) -> str:
    """Return the queue as a heading and up to two tables; with_why, each waiting ticket's reason follows."""
    running, waiting = queue["running"], queue["waiting"]
    parts = [heading(queue, now)]
    if running:
        parts.append(table(RUNNING_HEADERS, map(running_cells, running)))
    if waiting:
        parts.append(table(WAITING_HEADERS, map(waiting_cells, waiting)))
    if waiting and with_why:
        parts.append("\n".join(f"{one['position']}. {printable(one['why'])}" for one in waiting))
    if not running and not waiting:
        parts.append(NOTHING)
    return "\n\n".join(parts)


def heading(queue: Queue, now: float) -> str:
    """The gate's state, who put it there, and its figures, in one line."""
    slots, by = queue["slots"], printable(queue["by"])
    stopped = "" if queue["state"] == "open" or not by else f" by {by}, {ago(queue['since_at'], now)}"
    figures = f"{slots['used']} of {slots['total']} slots in use, {len(queue['waiting'])} waiting"
    return f"{queue['state']}{stopped}: {figures}"


def running_cells(one: Running) -> tuple[object, ...]:
    """One row of the table of those that run; the ticket comes last."""
    elapsed, speed = stopwatch(one["running_s"]), one["tokens_per_s"]
    who = (one["principal"], _class_of(one), one["model"], _priority(one))
    return (*who, elapsed, one.get("tokens"), None if speed is None else f"{speed:.1f}", one["ticket"])


def waiting_cells(one: Waiting) -> tuple[object, ...]:
    """One row of the table of those that wait; the ticket comes last."""
    waited, still = stopwatch(one["waited_s"]), between(one["eta_low_s"], one["eta_high_s"])
    who = (one["position"], one["principal"], _class_of(one), one["model"])
    priority = f"{_priority(one)}{' (bumped)' if one.get('bumped') else ''}"
    return (*who, priority, waited, still, one["ticket"])


def _priority(one: Running | Waiting) -> str:
    return f"{one['base']} -> {one['effective']:.2f}"


def _class_of(one: Running | Waiting) -> object:
    # "class" is no name Python lets a TypedDict declare in this notation.
    name = one.get("class")
    return None if name is None else class_words(str(name))
