"""`sluice user delete`: not by a slip of the hand."""

import sys
import time

import click

from addon.store.engine import reading
from addon.store.errors import StoreError
from addon.store.users import delete_user, find_user, get_user
from admin_app.actions.glances import with_glances
from admin_app.cli.leaf import Answer, leaf
from admin_app.cli.opening import House, open_house


@click.command("delete")
@click.argument("id_or_name")
@click.option("--yes", "is_meant", is_flag=True, help="Do not ask.")
@leaf(open_house)
def delete(house: House, id_or_name: str, *, is_meant: bool) -> Answer:
    """Delete an account with its sessions, keys and conversations."""
    with reading(house.engine) as session:
        name = get_user(session, id_or_name).name
    if not is_meant:
        _ask(name)
    now = time.time()
    with house.changing(now) as session:
        row = find_user(session, name)
        if row is None:
            raise StoreError(f"The account {name!r} is gone already.")
        (document,) = with_glances(session, [row], now)
        delete_user(session, row)
    words = f"Account {document['id']} ({name}) is deleted, with its sessions, keys and conversations."
    return Answer(document, words)


def is_at_terminal() -> bool:
    """Whether somebody can type."""
    return sys.stdin.isatty()


def _ask(name: str) -> None:
    """Have the name typed. Raises UsageError where nobody can, StoreError for another one."""
    if not is_at_terminal():
        raise click.UsageError("Nobody is at a terminal to confirm. Say --yes if it is meant")
    question = f"Type {name} to delete the account with its sessions, keys and conversations"
    if click.prompt(question, default="", show_default=False, err=True).strip() != name:
        raise StoreError("Nothing was deleted: another name was typed.")
