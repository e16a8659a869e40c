"""What a person, a key or a rule may do, as it was sent: the same words and bounds for all of them."""

from collections.abc import Callable
from typing import Any

from addon.store.address_rules import NewRule
from addon.store.allowances import Allowance
from addon.store.keys import NewKey
from admin_app.errors import InputError
from admin_app.fields import Fields
from admin_app.scopes import scopes_of

ALLOWANCE_FIELDS = ("priority", "models", "max_waiting", "max_running", "may_make_keys")
NOTHING_SAID = Allowance()
_MOST_AT_ONCE = 1_000_000


def priority_of(fields: Fields) -> int | None:
    """The base priority; None means the class's own."""
    return fields.whole("priority", 0, 9)


def limits_of(fields: Fields) -> dict[str, int | None]:
    """How many requests may wait and run; None means the general limits."""
    return {name: fields.whole(name, 1, _MOST_AT_ONCE) for name in ("max_waiting", "max_running")}


def models_of(fields: Fields) -> tuple[str, ...] | None:
    """The models; None means every one. Raises InputError for a list that names none."""
    named = fields.texts("models")
    # To the store no name means every model: the opposite of what an empty list here was meant to say.
    if named is not None and not any(name.strip() for name in named):
        raise InputError("models names no model, so none could be asked. Leave it out for every model.")
    return named


def what_it_may(fields: Fields, present: NewKey | NewRule) -> dict[str, Any]:
    """What a key and a rule have in common, to be taken over; what was not sent stays as it is at `present`."""
    readers: dict[str, Callable[[], object]] = {
        "priority": lambda: priority_of(fields),
        "scopes": lambda: scopes_of(fields),
        "max_waiting": lambda: limits_of(fields)["max_waiting"],
        "max_running": lambda: limits_of(fields)["max_running"],
        "early_json": lambda: fields.flag("early_json"),
        "note": lambda: fields.text("note") or "",
    }
    return {name: read() if fields.has(name) else getattr(present, name) for name, read in readers.items()}


def allowance_of(fields: Fields, present: Allowance = NOTHING_SAID) -> Allowance:
    """What a person is to be allowed. What was not sent stays as it is at `present`."""
    limits = limits_of(fields)
    return Allowance(
        priority=priority_of(fields) if fields.has("priority") else present.priority,
        models=models_of(fields) if fields.has("models") else present.models,
        max_waiting=limits["max_waiting"] if fields.has("max_waiting") else present.max_waiting,
        max_running=limits["max_running"] if fields.has("max_running") else present.max_running,
        may_make_keys=fields.flag("may_make_keys") if fields.has("may_make_keys") else present.may_make_keys,
    )
