"""`sluice ip change`: what an allow-list rule allows, after it was made."""

import time
from dataclasses import replace

import click

from addon.store.address_rules import find_rule
from addon.store.amending import change_rule, stored_rule
from admin_app.actions.last_use import rule_shapes
from admin_app.cli.allowance import PRIORITY_OPTION, limit_options, wished
from admin_app.cli.choices import scopes_if_named
from admin_app.cli.leaf import Answer, leaf
from admin_app.cli.opening import House, open_house

_UNSET = ("priority", "max-waiting", "max-running")


@click.command("change")
@click.argument("id_or_cidr")
@PRIORITY_OPTION
@limit_options
@click.option("--name", help="What people call it.")
@click.option("--scope", "scopes", callback=scopes_if_named, help="infer, read, manage; with commas.")
@click.option("--note", help="A remark, on one line.")
@click.option("--early-json/--no-early-json", default=None, help="Whether answers in one piece may begin early.")
@click.option("--unset", multiple=True, type=click.Choice(_UNSET), help="Give this back to the general rule.")
@leaf(open_house)
def change(house: House, /, id_or_cidr: str, unset: tuple[str, ...], **wishes: object) -> Answer:
    """Change what a rule allows; what is not named stays. It counts within a second."""
    with house.changing(time.time()) as session:
        row = find_rule(session, id_or_cidr)
        change_rule(row, replace(stored_rule(row), **wished(wishes, unset)))
        (document,) = rule_shapes(session, [row])
    return Answer(document, f"Rule {row.id} ({row.cidr}) is changed.")
