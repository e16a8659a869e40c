"""What a person, a key or a rule is allowed: checked the same for all, and stored the same."""

from collections.abc import Iterable
from dataclasses import dataclass

from addon.core.principal import PRIORITIES
from addon.store.errors import StoreError
from addon.store.models import Invite, User


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a person may do; it comes with their invite. None means the general rule: the class's own priority,
    every model, the general limits."""

    priority: int | None = None
    models: tuple[str, ...] | None = None
    max_waiting: int | None = None
    max_running: int | None = None
    may_make_keys: bool = False


def stored_allowance(row: User | Invite) -> Allowance:
    """What a person has, or who comes by an invite will have; models in the order of their names."""
    models = split_models(row.models)
    return Allowance(
        priority=row.priority,
        models=None if models is None else tuple(sorted(models)),
        max_waiting=row.max_waiting,
        max_running=row.max_running,
        may_make_keys=row.may_make_keys,
    )


def check_allowance(allowance: Allowance) -> Allowance:
    """The same allowance. Raises StoreError for a number out of range or a model that no request could name."""
    check_priority(allowance.priority)
    check_models(allowance.models)
    check_limits(allowance.max_waiting, allowance.max_running)
    return allowance


def check_priority(priority: int | None) -> int | None:
    """A base priority, or None; raises StoreError outside 0 to 9."""
    if priority is not None and priority not in PRIORITIES:
        raise StoreError(f"Priority {priority} is out of range. Use a whole number from 0 (soonest) to 9.")
    return priority


def check_limits(*limits: int | None) -> None:
    """Raises StoreError for a limit below 1."""
    for limit in limits:
        if limit is not None and limit < 1:
            raise StoreError(f"A limit of {limit} would let nothing through. Use 1 or more.")


def check_models(models: Iterable[str] | None) -> None:
    """Raises StoreError for a model that no request could name."""
    for name in models or ():
        # Names are stored with commas between them.
        if "," in name or not name.isprintable():
            raise StoreError(f"{name!r} cannot be a model's name. Send one name each, without commas.")


def join_models(models: Iterable[str] | None) -> str | None:
    """How a list of models is stored; an empty list means every model, as no list does."""
    names = [name.strip() for name in models or () if name.strip()]
    return ",".join(names) or None


def split_models(stored: str | None) -> frozenset[str] | None:
    """The reverse of `join_models`."""
    return None if stored is None else frozenset(stored.split(","))
