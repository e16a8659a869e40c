"""`sluice invite`: links that let somebody register."""

import time

import click

from addon.store.engine import reading
from addon.store.invites import NewInvite, add_invite, list_invites, revoke_invite
from addon.store.models import Invite
from admin_app.cli.choices import COUNT, duration
from admin_app.cli.leaf import Answer, leaf
from admin_app.cli.opening import House, open_house
from admin_app.cli.tables import table
from admin_app.cli.words import ago, span, until
from admin_app.shapes import invite_shape, invite_state

_HEADERS = ("ID", "FOR", "STATE", "USED", "EXPIRES", "MADE")


@click.group("invite")
def invite() -> None:
    """Links that let somebody register."""


@invite.command("add")
@click.option("--uses", type=COUNT, default=1, show_default=True, help="How many people may use the link.")
@click.option(
    "--expires", "lifetime_s", callback=duration, default="24h", show_default=True, help="Such as 30d, 24h or 90m."
)
@click.option("--admin", "is_admin", is_flag=True, help="Who uses it becomes an administrator.")
@leaf(open_house)
def add(house: House, uses: int, lifetime_s: float, is_admin: bool) -> Answer:
    """Make a link. It is shown once."""
    now = time.time()
    with house.changing(now) as session:
        row, token = add_invite(session, NewInvite(uses, lifetime_s, is_admin), now)
    link = f"{house.settings.gate.public_url}/register#{token}"
    people = "1 person" if uses == 1 else f"{uses} people"
    who = f"{people} as administrator" if is_admin else people
    words = f"Invite {row.id} is made, for {who}, valid for {span(lifetime_s)}. It is shown this once:\n\n  {link}"
    return Answer({**invite_shape(row, now), "token": token, "link": link}, words)


@invite.command("list")
@leaf(open_house)
def list_(house: House) -> Answer:
    """Show every invite, without its token."""
    now = time.time()
    with reading(house.engine) as session:
        rows = list_invites(session)
    documents = [invite_shape(row, now) for row in rows]
    if not rows:
        return Answer(documents, "No invites yet. Make one: sluice invite add")
    return Answer(documents, table(_HEADERS, (_cells(row, now) for row in rows)))


@invite.command("revoke")
@click.argument("id_", metavar="ID")
@leaf(open_house)
def revoke(house: House, id_: str) -> Answer:
    """End an invite; accounts made with it stay."""
    now = time.time()
    with house.changing(now) as session:
        row = revoke_invite(session, id_, now)
    return Answer(invite_shape(row, now), f"Invite {row.id} is revoked. Its link lets nobody in any more.")


def _cells(row: Invite, now: float) -> tuple[object, ...]:
    whom = "first administrator" if row.is_setup else "administrator" if row.is_admin else "user"
    used = f"{row.used} of {row.uses}"
    return (row.id, whom, invite_state(row, now), used, until(row.expires_at, now), ago(row.created_at, now))
