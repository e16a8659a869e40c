"""`sluice user`: the accounts of people."""

import time

import click

from addon.store.engine import reading
from addon.store.models import User
from addon.store.users import list_users
from admin_app.actions.glances import with_glances
from admin_app.cli.allowance import allowance_words
from admin_app.cli.last_use import since
from admin_app.cli.leaf import Answer, leaf
from admin_app.cli.opening import House, open_house
from admin_app.cli.tables import table
from admin_app.cli.user_change import change
from admin_app.cli.user_delete import delete
from admin_app.cli.user_password import reset_password
from admin_app.cli.user_standing import demote, disable, enable, promote, sign_out
from admin_app.shapes import Shape, user_state
from admin_app.words import ago

_HEADERS = ("ID", "NAME", "ROLE", "STATE", "REGISTERED", "LAST SEEN", "TODAY", "KEYS", "ALLOWANCE")


@click.group("user")
def user() -> None:
    """Accounts of people."""


for command in (disable, enable, promote, demote, change, reset_password, sign_out, delete):
    user.add_command(command)


@user.command("list")
@leaf(open_house)
def list_(house: House) -> Answer:
    """Show every account: when it was last seen, its requests of today, its keys."""
    now = time.time()
    with reading(house.engine) as session:
        rows = list_users(session)
        documents = with_glances(session, rows, now)
    if not rows:
        return Answer(documents, "No accounts yet. Invite somebody: sluice invite add")
    return Answer(documents, table(_HEADERS, (_cells(*one, now) for one in zip(rows, documents, strict=True))))


def _cells(row: User, known: Shape, now: float) -> tuple[object, ...]:
    role = "administrator" if row.is_admin else "user"
    standing = (row.id, row.name, role, user_state(row), ago(row.created_at, now))
    seen = (since(known, "last_seen_at", now), known["requests_today"], known["keys"])
    return (*standing, *seen, allowance_words(row) or "general")
