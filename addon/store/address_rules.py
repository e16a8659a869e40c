"""The allow-list: which addresses may use Ollama directly, without a credential."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from addon.core.addresses import parse_network
from addon.store.errors import StoreError
from addon.store.ids import parse_id
from addon.store.keys import check_name, check_priority
from addon.store.models import AddressRule


def add_rule(
    session: Session, cidr: str, name: str, priority: int | None, now: float, *, early_json: bool = False
) -> AddressRule:
    """Allow an address or network. Raises StoreError for junk, host bits, everything (`/0`) and repetition."""
    try:
        network = parse_network(cidr)
    except ValueError as error:
        raise StoreError(f"{error}. Write an address (10.0.0.7) or a network (10.0.0.0/24).") from error
    if network.prefixlen == 0:
        raise StoreError(f"{network} would let everybody in. Name the networks that may come.")
    if priority is not None:
        check_priority(priority)
    if session.scalar(select(AddressRule).where(AddressRule.cidr == str(network))):
        raise StoreError(f"{network} is on the allow-list already.")
    row = AddressRule(
        cidr=str(network),
        name=check_name(name) if name else "",
        priority=priority,
        early_json=early_json,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def list_rules(session: Session) -> Sequence[AddressRule]:
    """All rules, the oldest first."""
    return session.scalars(select(AddressRule).order_by(AddressRule.id)).all()


def remove_rule(session: Session, id_or_cidr: str) -> AddressRule:
    """Take a rule off the list. Raises StoreError when there is none."""
    row = session.scalar(select(AddressRule).where(AddressRule.cidr == _normal(id_or_cidr)))
    if row is None and (row_id := parse_id(id_or_cidr)) is not None:
        row = session.get(AddressRule, row_id)
    if row is None:
        raise StoreError(f"There is no rule {id_or_cidr!r}. `sluice ip list` shows them.")
    session.delete(row)
    return row


def _normal(cidr: str) -> str:
    try:
        return str(parse_network(cidr))
    except ValueError:
        return cidr
