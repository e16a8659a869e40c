"""What somebody may do, as options and in words: the same for keys, addresses, invites and accounts."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import click

from addon.store.allowances import Allowance
from addon.store.models import Invite, User
from admin_app.cli.choices import COUNT, PRIORITY, names

GENERAL_RULES = ("priority", "models", "max-waiting", "max-running")
"""What can be given back to the general rule."""

PRIORITY_OPTION = click.option("--priority", type=PRIORITY, help="Base priority, 0 (soonest) to 9.")
MODELS_OPTION = click.option("--models", callback=names, metavar="A,B", help="The only models that may be used.")
NOTE_OPTION = click.option("--note", default="", help="A remark, on one line.")


def limit_options[F: Callable[..., Any]](command: F) -> F:
    """Add `--max-waiting` and `--max-running`."""
    waiting = click.option("--max-waiting", type=COUNT, help="Requests that may wait at once.")
    running = click.option("--max-running", type=COUNT, help="Requests that may run at once.")
    return waiting(running(command))


def allowance_options[F: Callable[..., Any]](command: F) -> F:
    """Add the options of a person's allowance, but for their own keys."""
    return PRIORITY_OPTION(MODELS_OPTION(limit_options(command)))


def changed(present: Allowance, wishes: dict[str, Any], general: tuple[str, ...]) -> Allowance:
    """The allowance with what is wished for. Raises UsageError as `wished` does."""
    return replace(present, **wished(wishes, general))


def wished(wishes: Mapping[str, object], general: tuple[str, ...]) -> dict[str, Any]:
    """What is to change: what is wished for (None: as it is), and what goes back to the general rule.

    Raises UsageError for wishes that contradict each other, and for none at all.
    """
    named: dict[str, Any] = {name: wish for name, wish in wishes.items() if wish is not None}
    emptied: dict[str, Any] = {name.replace("-", "_"): None for name in general}
    if both := sorted(named.keys() & emptied.keys()):
        raise click.UsageError(f"--{both[0].replace('_', '-')} is given and unset. Do one of them")
    if not named and not emptied:
        raise click.UsageError("Say what is to change")
    return {**named, **emptied}


def allowance_words(row: User | Invite) -> str | None:
    """The allowance in few words; None where the general rules hold."""
    return ", ".join(_parts(row)) or None


def _parts(row: User | Invite) -> Iterator[str]:
    if row.priority is not None:
        yield f"priority {row.priority}"
    if row.models is not None:
        yield f"only {row.models.replace(',', '|')}"
    if row.max_waiting is not None:
        yield f"{row.max_waiting} waiting"
    if row.max_running is not None:
        yield f"{row.max_running} running"
    if row.may_make_keys:
        yield "own keys"
