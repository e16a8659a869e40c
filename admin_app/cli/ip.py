"""`sluice ip`: the allow-list, whose addresses need no credential."""

import time
from typing import TypedDict, Unpack

import click

from addon.core.addresses import Address, parse_address
from addon.core.principal import Scope
from addon.store.address_rules import NewRule, add_rule, list_rules, remove_rule
from addon.store.engine import reading
from addon.store.models import AddressRule
from addon.store.policy_loader import load_policy
from admin_app.cli.choices import EARLY_JSON, PRIORITY, scopes
from admin_app.cli.last_use import last_used
from admin_app.cli.leaf import Answer, leaf
from admin_app.cli.opening import House, open_house
from admin_app.cli.tables import table
from admin_app.cli.words import ago
from admin_app.shapes import rule_shape

_HEADERS = ("ID", "ADDRESS", "NAME", "PRIORITY", "SCOPES", "MADE", "LAST USED")


class _Wishes(TypedDict):
    """The options of `ip add` that go to the rule as they are."""

    name: str
    priority: int | None
    scopes: frozenset[Scope]
    early_json: bool


@click.group("ip")
def ip() -> None:
    """Addresses that may use Ollama without a key."""


@ip.command("add")
@click.argument("cidr")
@click.option("--name", default="", help="What people call it.")
@click.option("--priority", type=PRIORITY, help="Base priority, 0 (soonest) to 9 [default: the setting's].")
@click.option("--scope", "scopes", callback=scopes, default="infer,read", show_default=True, help="Also: manage.")
@click.option("--anyone", "for_anyone", is_flag=True, help="Mean it: 0.0.0.0/0 and ::/0 are refused without this.")
@EARLY_JSON
@leaf(open_house)
def add(house: House, /, *, cidr: str, for_anyone: bool, **wishes: Unpack[_Wishes]) -> Answer:
    """Allow an address (10.0.0.7) or a network (10.0.0.0/24)."""
    new, now = NewRule(cidr, for_anyone=for_anyone, **wishes), time.time()
    with house.changing(now) as session:
        row = add_rule(session, new, now)
    return Answer(
        rule_shape(row), f"Rule {row.id}: {row.cidr} may use Ollama at {house.settings.gate.public_url}."
    )


@ip.command("list")
@leaf(open_house)
def list_(house: House) -> Answer:
    """Show the allow-list."""
    with reading(house.engine) as session:
        rows, used_at = list_rules(session), last_used(session, "rule")
    documents = [{**rule_shape(row), "last_used_at": used_at.get(row.id)} for row in rows]
    if not rows:
        return Answer(documents, "No addresses yet. Allow one: sluice ip add 10.0.0.0/24 --name office")
    default, now = house.settings.queue.base.direct_api, time.time()
    return Answer(documents, table(_HEADERS, (_cells(row, used_at.get(row.id), default, now) for row in rows)))


@ip.command("remove")
@click.argument("id_or_cidr")
@leaf(open_house)
def remove(house: House, id_or_cidr: str) -> Answer:
    """Take a rule off the allow-list."""
    with house.changing(time.time()) as session:
        row = remove_rule(session, id_or_cidr)
    return Answer(rule_shape(row), f"Rule {row.id} ({row.cidr}) is removed. Its addresses need a key now.")


@ip.command("test")
@click.argument("address")
@leaf(open_house)
def test(house: House, address: str) -> Answer:
    """Say which rule lets an address in; exit 1 when none does."""
    parsed = parse_address(address)
    if parsed is None:
        raise click.UsageError(f"{address!r} is not one plain IP address")
    row = _rule_for(house, parsed)
    if row is None:
        words = f"No rule lets {parsed} in: it needs a key. Allow it: sluice ip add {parsed}"
        return Answer({"address": str(parsed), "rule": None}, words, exit_code=1)
    named = f" ({row.name})" if row.name else ""
    words = f"{parsed} is let in by rule {row.id}, {row.cidr}{named}."
    return Answer({"address": str(parsed), "rule": rule_shape(row)}, words)


def _rule_for(house: House, address: Address) -> AddressRule | None:
    with reading(house.engine) as session:
        # No session is judged here, so the policy needs no secret.
        policy = load_policy(session, b"", house.settings.queue.base, time.time())
        rows = {row.cidr: row for row in list_rules(session)}
    rule = policy.rule_for(address)
    return rows[str(rule.network)] if rule else None


def _cells(row: AddressRule, used_at: float | None, default: int, now: float) -> tuple[object, ...]:
    priority = default if row.priority is None else row.priority
    made, used = ago(row.created_at, now), ago(used_at, now)
    return (row.id, row.cidr, row.name or None, priority, row.scopes, made, used)
