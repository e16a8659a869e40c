"""`sluice ip test`: which rule lets an address in."""

import time

import click

from addon.core.addresses import Address, parse_address
from addon.store.address_rules import list_rules
from addon.store.engine import Session, reading
from addon.store.models import AddressRule
from addon.store.policy_loader import load_policy
from admin_app.actions.last_use import rule_shapes
from admin_app.cli.leaf import Answer, leaf
from admin_app.cli.opening import House, open_house


@click.command("test")
@click.argument("address")
@leaf(open_house)
def test(house: House, address: str) -> Answer:
    """Say which rule lets an address in; exit 1 when none does."""
    parsed = parse_address(address)
    if parsed is None:
        raise click.UsageError(f"{address!r} is not one plain IP address")
    with reading(house.engine) as session:
        row = _rule_for(house, session, parsed)
        document = None if row is None else rule_shapes(session, [row])[0]
    if row is None:
        words = f"No rule lets {parsed} in: it needs a key. Allow it: sluice ip add {parsed}"
        return Answer({"address": str(parsed), "rule": None}, words, exit_code=1)
    named = f" ({row.name})" if row.name else ""
    words = f"{parsed} is let in by rule {row.id}, {row.cidr}{named}."
    return Answer({"address": str(parsed), "rule": document}, words)


def _rule_for(house: House, session: Session, address: Address) -> AddressRule | None:
    # No session is judged here, so the policy needs no secret.
    rule = load_policy(session, b"", house.settings.queue.base, time.time()).rule_for(address)
    rows = {row.cidr: row for row in list_rules(session)}
    return rows[str(rule.network)] if rule else None
