"""The allow-list: which addresses may use Ollama directly, without a credential, and for what."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from addon.core.address_list import line_numbers, read_list
from addon.core.addresses import Network, parse_network
from addon.core.principal import DEFAULT_SCOPES, Scope
from addon.store.allowances import check_limits, check_priority
from addon.store.errors import StoreError
from addon.store.ids import parse_id
from addon.store.keys import check_name, check_note, join_scopes
from addon.store.models import AddressRule

_UNTOUCHED = "Nothing was imported."
_GOOD_FORM = "Write an address (10.0.0.7) or a network (10.0.0.0/24)."


@dataclass(frozen=True, slots=True)
class NewRule:
    """What a new rule is to be. Priority None means the class's own.

    `for_anyone` is the asker's word that a network of everybody is no slip.
    """

    cidr: str
    name: str = ""
    priority: int | None = None
    scopes: frozenset[Scope] = DEFAULT_SCOPES
    early_json: bool = False
    for_anyone: bool = False
    max_waiting: int | None = None
    max_running: int | None = None
    note: str = ""


def add_rule(session: Session, new: NewRule, now: float) -> AddressRule:
    """Allow an address or network.

    Raises StoreError for junk, host bits, everything (`/0`) unless it is said to be meant, scopes that an address
    cannot have, and repetition.
    """
    network = _network(new)
    check_priority(new.priority)
    check_limits(new.max_waiting, new.max_running)
    if session.scalar(select(AddressRule).where(AddressRule.cidr == str(network))):
        raise StoreError(f"{network} is on the allow-list already.")
    row = AddressRule(
        cidr=str(network),
        name=check_name(new.name) if new.name else "",
        priority=new.priority,
        scopes=join_scopes(check_rule_scopes(new.scopes)),
        early_json=new.early_json,
        created_at=now,
        max_waiting=new.max_waiting,
        max_running=new.max_running,
        note=check_note(new.note),
    )
    session.add(row)
    session.flush()
    return row


def import_rules(session: Session, text: str, now: float) -> list[AddressRule]:
    """Add a rule for each line of a list (see `core.address_list`).

    Raises StoreError, which names the line, for the first that cannot be added, and for a list of nothing; the
    caller's transaction must end with it, so that it is all or nothing.
    """
    try:
        named = read_list(text)
    except ValueError as error:
        raise StoreError(f"{error} {_UNTOUCHED}") from error
    if not named:
        raise StoreError("The list names no address. Write one a line, and a name behind it if you like.")
    return [_imported(session, *one, now) for one in zip(line_numbers(text), named, strict=True)]


def _imported(session: Session, line: int, named: tuple[str, str], now: float) -> AddressRule:
    try:
        return add_rule(session, NewRule(*named), now)
    except StoreError as error:
        raise StoreError(f"Line {line}: {error} {_UNTOUCHED}") from error


def check_rule_scopes(scopes: frozenset[Scope]) -> frozenset[Scope]:
    """Scopes for a rule; raises StoreError for none, and for `admin`.

    Whoever comes from an address is not known by name, and a browser shows its address without being asked:
    that is not enough to change who may come in.
    """
    if not scopes:
        raise StoreError(
            "A rule without a scope lets nobody do anything. Name at least one of infer, read, manage."
        )
    if Scope.ADMIN in scopes:
        raise StoreError("An address alone cannot administer. Give a key the scope admin instead.")
    return scopes


def list_rules(session: Session) -> Sequence[AddressRule]:
    """All rules, the oldest first."""
    return session.scalars(select(AddressRule).order_by(AddressRule.id)).all()


def find_rule(session: Session, id_or_cidr: str) -> AddressRule:
    """The rule of this network or id. Raises StoreError when there is none."""
    row = session.scalar(select(AddressRule).where(AddressRule.cidr == _normal(id_or_cidr)))
    if row is None and (row_id := parse_id(id_or_cidr)) is not None:
        row = session.get(AddressRule, row_id)
    if row is None:
        raise StoreError(f"There is no rule {id_or_cidr!r}. `sluice ip list` shows them.")
    return row


def remove_rule(session: Session, id_or_cidr: str) -> AddressRule:
    """Take a rule off the list. Raises StoreError when there is none."""
    row = find_rule(session, id_or_cidr)
    session.delete(row)
    return row


def switch_rule(session: Session, id_or_cidr: str, *, is_enabled: bool) -> AddressRule:
    """Let a rule rest, or count again. Raises StoreError when there is none."""
    row = find_rule(session, id_or_cidr)
    row.is_enabled = is_enabled
    return row


def _network(new: NewRule) -> Network:
    try:
        network = parse_network(new.cidr)
    except ValueError as error:
        raise StoreError(f"{error}. {_GOOD_FORM}") from error
    if network.prefixlen == 0 and not new.for_anyone:
        raise StoreError(
            f"{network} would let everybody in. Name the networks that may come. If everybody is meant, "
            'say so: --anyone, or "anyone": true.'
        )
    check_for_everybody(str(network), new.scopes)
    return network


def check_for_everybody(cidr: str, scopes: frozenset[Scope]) -> None:
    """Raises StoreError where everybody could do what only some should."""
    if cidr.endswith("/0") and Scope.MANAGE in scopes:
        raise StoreError(f"{cidr} would let everybody delete models. Leave out the scope manage.")


def _normal(cidr: str) -> str:
    try:
        return str(parse_network(cidr))
    except ValueError:
        return cidr
