"""`sluice ip`: the allow-list, whose addresses need no credential."""

import time
from typing import TypedDict, Unpack

import click

from addon.core.principal import Scope
from addon.store.address_rules import NewRule, add_rule, list_rules, remove_rule
from addon.store.engine import reading
from addon.store.models import AddressRule
from admin_app.actions.last_use import rule_shapes
from admin_app.cli.allowance import NOTE_OPTION, PRIORITY_OPTION, limit_options
from admin_app.cli.choices import EARLY_JSON, scopes
from admin_app.cli.ip_change import change
from admin_app.cli.ip_import import import_
from admin_app.cli.ip_switch import disable, enable
from admin_app.cli.ip_test import test
from admin_app.cli.last_use import since
from admin_app.cli.leaf import Answer, leaf
from admin_app.cli.opening import House, open_house
from admin_app.cli.tables import table
from admin_app.shapes import Shape
from admin_app.words import ago

_HEADERS = ("ID", "ADDRESS", "NAME", "STATE", "PRIORITY", "SCOPES", "MADE", "LAST USED", "NOTE")


class _Wishes(TypedDict):
    """The options of `ip add` that go to the rule as they are."""

    name: str
    priority: int | None
    scopes: frozenset[Scope]
    max_waiting: int | None
    max_running: int | None
    note: str
    early_json: bool


@click.group("ip")
def ip() -> None:
    """Addresses that may use Ollama without a key."""


for command in (change, enable, disable, import_, test):
    ip.add_command(command)


@ip.command("add")
@click.argument("cidr")
@click.option("--name", default="", help="What people call it.")
@PRIORITY_OPTION
@click.option("--scope", "scopes", callback=scopes, default="infer,read", show_default=True, help="Also: manage.")
@limit_options
@NOTE_OPTION
@click.option("--anyone", "for_anyone", is_flag=True, help="Mean it: 0.0.0.0/0 and ::/0 are refused without this.")
@EARLY_JSON
@leaf(open_house)
def add(house: House, /, *, cidr: str, for_anyone: bool, **wishes: Unpack[_Wishes]) -> Answer:
    """Allow an address (10.0.0.7) or a network (10.0.0.0/24). What is not said follows the settings."""
    new, now = NewRule(cidr, for_anyone=for_anyone, **wishes), time.time()
    with house.changing(now) as session:
        row = add_rule(session, new, now)
        (document,) = rule_shapes(session, [row])
    return Answer(document, f"Rule {row.id}: {row.cidr} may use Ollama at {house.settings.gate.public_url}.")


@ip.command("list")
@leaf(open_house)
def list_(house: House) -> Answer:
    """Show the allow-list."""
    with reading(house.engine) as session:
        rows = list_rules(session)
        documents = rule_shapes(session, rows)
    if not rows:
        return Answer(documents, "No addresses yet. Allow one: sluice ip add 10.0.0.0/24 --name office")
    default, now = house.settings.queue.base.direct_api, time.time()
    lines = (_cells(*one, default, now) for one in zip(rows, documents, strict=True))
    return Answer(documents, table(_HEADERS, lines))


@ip.command("remove")
@click.argument("id_or_cidr")
@leaf(open_house)
def remove(house: House, id_or_cidr: str) -> Answer:
    """Take a rule off the allow-list."""
    with house.changing(time.time()) as session:
        row = remove_rule(session, id_or_cidr)
        (document,) = rule_shapes(session, [row])
    return Answer(document, f"Rule {row.id} ({row.cidr}) is removed. Its addresses need a key now.")


def _cells(row: AddressRule, known: Shape, default: int, now: float) -> tuple[object, ...]:
    priority = default if row.priority is None else row.priority
    made, used = ago(row.created_at, now), since(known, "last_used_at", now)
    standing = (
        row.id,
        row.cidr,
        row.name or None,
        "enabled" if row.is_enabled else "disabled",
        priority,
        row.scopes,
    )
    return (*standing, made, used, row.note or None)
