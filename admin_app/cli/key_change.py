"""`sluice key change`: what a key may do, after it was made."""

import time
from dataclasses import replace

import click

from addon.store.amending import change_key, stored_key
from addon.store.keys import find_key
from admin_app.actions.last_use import key_shapes
from admin_app.cli.allowance import GENERAL_RULES, allowance_options, wished
from admin_app.cli.choices import duration, scopes_if_named
from admin_app.cli.leaf import Answer, leaf
from admin_app.cli.opening import House, open_house

_UNSET = (*GENERAL_RULES, "expires")


@click.command("change")
@click.argument("id_or_name")
@allowance_options
@click.option("--scope", "scopes", callback=scopes_if_named, help="infer, read, manage, admin; with commas.")
@click.option("--expires", "expires_s", callback=duration, metavar="30d", help="When it ends, from now.")
@click.option("--note", help="A remark, on one line.")
@click.option("--early-json/--no-early-json", default=None, help="Whether answers in one piece may begin early.")
@click.option("--unset", multiple=True, type=click.Choice(_UNSET), help="Give this back to the general rule.")
@leaf(open_house)
def change(
    house: House, /, id_or_name: str, unset: tuple[str, ...], expires_s: float | None, **wishes: object
) -> Answer:
    """Change what a key may do; what is not named stays. It counts within a second."""
    now = time.time()
    wishes["expires_at"] = None if expires_s is None else now + expires_s
    emptied = tuple(name.replace("expires", "expires-at") for name in unset)
    with house.changing(now) as session:
        row = find_key(session, id_or_name)
        change_key(row, replace(stored_key(row), **wished(wishes, emptied)))
        (document,) = key_shapes(session, [row], now)
    return Answer(document, f"Key {row.id} ({row.name}) is changed.")
