"""`sluice invite`: links that let somebody register, and what those who do will be allowed."""

import time
from collections.abc import Sequence
from typing import TypedDict, Unpack

import click

from addon.store.allowances import Allowance
from addon.store.engine import reading
from addon.store.invites import NewInvite, add_invite, list_invites, registered, revoke_invite
from addon.store.models import Invite
from admin_app.cli.allowance import NOTE_OPTION, allowance_options, allowance_words
from admin_app.cli.choices import COUNT, duration
from admin_app.cli.leaf import Answer, leaf
from admin_app.cli.opening import House, open_house
from admin_app.cli.tables import table
from admin_app.shapes import invite_shape, invite_state
from admin_app.words import ago, span, until

_HEADERS = ("ID", "FOR", "STATE", "USED", "EXPIRES", "MADE", "ALLOWANCE", "USED BY", "NOTE")


class _Allowed(TypedDict):
    """The options of `invite add` that make the allowance."""

    priority: int | None
    models: tuple[str, ...] | None
    max_waiting: int | None
    max_running: int | None
    may_make_keys: bool


@click.group("invite")
def invite() -> None:
    """Links that let somebody register."""


@invite.command("add")
@click.option("--uses", type=COUNT, default=1, show_default=True, help="How many people may use the link.")
@click.option(
    "--expires", "lifetime_s", callback=duration, default="24h", show_default=True, help="Such as 30d, 24h or 90m."
)
@click.option("--admin", "is_admin", is_flag=True, help="Who uses it becomes an administrator.")
@allowance_options
@click.option("--own-keys", "may_make_keys", is_flag=True, help="Who uses it may make keys of their own.")
@NOTE_OPTION
@leaf(open_house)
def add(
    house: House, /, *, uses: int, lifetime_s: float, is_admin: bool, note: str, **allowed: Unpack[_Allowed]
) -> Answer:
    """Make a link. It is shown once. What is not said follows the settings."""
    now = time.time()
    new = NewInvite(uses, lifetime_s, is_admin, Allowance(**allowed), note)
    with house.changing(now) as session:
        row, token = add_invite(session, new, now)
    link = f"{house.settings.gate.public_url}/register#{token}"
    words = f"Invite {row.id} is made, for {_whom(row)}, valid for {span(lifetime_s)}. It is shown this once:\n\n"
    return Answer({**invite_shape(row, now), "users": [], "token": token, "link": link}, f"{words}  {link}")


@invite.command("list")
@leaf(open_house)
def list_(house: House) -> Answer:
    """Show every invite, without its token, and who came by it."""
    now = time.time()
    with reading(house.engine) as session:
        rows, names = list_invites(session), registered(session)
    documents = [{**invite_shape(row, now), "users": list(names.get(row.id, ()))} for row in rows]
    if not rows:
        return Answer(documents, "No invites yet. Make one: sluice invite add")
    return Answer(documents, table(_HEADERS, (_cells(row, names.get(row.id, ()), now) for row in rows)))


@invite.command("revoke")
@click.argument("id_", metavar="ID")
@leaf(open_house)
def revoke(house: House, id_: str) -> Answer:
    """End an invite; accounts made with it stay."""
    now = time.time()
    with house.changing(now) as session:
        row = revoke_invite(session, id_, now)
        names = registered(session).get(row.id, ())
    document = {**invite_shape(row, now), "users": list(names)}
    return Answer(document, f"Invite {row.id} is revoked. Its link lets nobody in any more.")


def _whom(row: Invite) -> str:
    people = "1 person" if row.uses == 1 else f"{row.uses} people"
    allowed = allowance_words(row)
    return f"{people}{' as administrator' if row.is_admin else ''}{f' ({allowed})' if allowed else ''}"


def _cells(row: Invite, names: Sequence[str], now: float) -> tuple[object, ...]:
    whom = "first administrator" if row.is_setup else "administrator" if row.is_admin else "user"
    standing = (row.id, whom, invite_state(row, now), f"{row.used} of {row.uses}")
    dates = (until(row.expires_at, now), ago(row.created_at, now))
    return (*standing, *dates, allowance_words(row) or "general", ", ".join(names) or None, row.note or None)
