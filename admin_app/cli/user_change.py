"""`sluice user change`: what somebody may do."""

import time
from typing import TypedDict, Unpack

import click

from addon.store.allowances import stored_allowance
from addon.store.users import get_user, set_allowance
from admin_app.actions.glances import with_glances
from admin_app.cli.allowance import GENERAL_RULES, allowance_options, allowance_words, changed
from admin_app.cli.leaf import Answer, leaf
from admin_app.cli.opening import House, open_house


class _Wishes(TypedDict):
    """What the options name; None leaves it as it is."""

    priority: int | None
    models: tuple[str, ...] | None
    max_waiting: int | None
    max_running: int | None
    may_make_keys: bool | None


@click.command("change")
@click.argument("id_or_name")
@allowance_options
@click.option("--own-keys/--no-own-keys", "may_make_keys", default=None, help="Whether they may make keys.")
@click.option(
    "--unset", multiple=True, type=click.Choice(GENERAL_RULES), help="Give this back to the general rule."
)
@leaf(open_house)
def change(house: House, id_or_name: str, unset: tuple[str, ...], **wishes: Unpack[_Wishes]) -> Answer:
    """Change what an account may do; what is not named stays."""
    now = time.time()
    with house.changing(now) as session:
        row = get_user(session, id_or_name)
        set_allowance(row, changed(stored_allowance(row), {**wishes}, unset))
        (document,) = with_glances(session, [row], now)
    allowed = allowance_words(row)
    return Answer(document, f"Account {row.id} ({row.name}) has {allowed or 'the general allowance'}.")
