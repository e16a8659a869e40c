"""`sluice user`: the accounts of people."""

import time

import click

from addon.store.engine import reading
from addon.store.models import User
from addon.store.users import list_users
from admin_app.cli.last_use import last_used
from admin_app.cli.leaf import Answer, leaf
from admin_app.cli.opening import House, open_house
from admin_app.cli.tables import table
from admin_app.cli.words import ago
from admin_app.shapes import user_shape, user_state

_HEADERS = ("ID", "NAME", "ROLE", "STATE", "REGISTERED", "LAST USED")


@click.group("user")
def user() -> None:
    """Accounts of people."""


@user.command("list")
@leaf(open_house)
def list_(house: House) -> Answer:
    """Show every account."""
    with reading(house.engine) as session:
        rows, used_at = list_users(session), last_used(session, "user")
    documents = [{**user_shape(row), "last_used_at": used_at.get(row.id)} for row in rows]
    if not rows:
        return Answer(documents, "No accounts yet. Invite somebody: sluice invite add")
    now = time.time()
    return Answer(documents, table(_HEADERS, (_cells(row, used_at.get(row.id), now) for row in rows)))


def _cells(row: User, used_at: float | None, now: float) -> tuple[object, ...]:
    role = "administrator" if row.is_admin else "user"
    return (row.id, row.name, role, user_state(row), ago(row.created_at, now), ago(used_at, now))
