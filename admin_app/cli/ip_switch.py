"""`sluice ip enable` and `disable`: a rule that rests keeps its place on the list."""

import time

import click

from addon.store.address_rules import switch_rule
from admin_app.actions.last_use import rule_shapes
from admin_app.cli.leaf import Answer, leaf
from admin_app.cli.opening import House, open_house


@click.command("enable")
@click.argument("id_or_cidr")
@leaf(open_house)
def enable(house: House, id_or_cidr: str) -> Answer:
    """Let a rule count again."""
    return _switched(house, id_or_cidr, "is enabled. Its addresses need no key", is_enabled=True)


@click.command("disable")
@click.argument("id_or_cidr")
@leaf(open_house)
def disable(house: House, id_or_cidr: str) -> Answer:
    """Let a rule rest; it stays on the list."""
    return _switched(house, id_or_cidr, "is disabled. Its addresses need a key, or another rule", is_enabled=False)


def _switched(house: House, id_or_cidr: str, what_is_true: str, *, is_enabled: bool) -> Answer:
    with house.changing(time.time()) as session:
        row = switch_rule(session, id_or_cidr, is_enabled=is_enabled)
        (document,) = rule_shapes(session, [row])
    return Answer(document, f"Rule {row.id} ({row.cidr}) {what_is_true}.")
