"""`sluice user reset-password`: a link instead of a password that two would know."""

import time

import click

from addon.store.resets import RESET_LIFETIME_S, add_reset
from addon.store.users import get_user
from admin_app.cli.leaf import Answer, leaf
from admin_app.cli.opening import House, open_house
from admin_app.words import span


@click.command("reset-password")
@click.argument("id_or_name")
@leaf(open_house)
def reset_password(house: House, id_or_name: str) -> Answer:
    """Make a one-time link to choose a new password. It is shown once."""
    now = time.time()
    with house.changing(now) as session:
        user = get_user(session, id_or_name)
        row, token = add_reset(session, user, now)
    # In the fragment, so that the token reaches no log and no referrer.
    link = f"{house.settings.gate.public_url}/reset#{token}"
    document = {"id": user.id, "name": user.name, "link": link, "token": token, "expires_at": row.expires_at}
    words = (
        f"With this link {user.name} chooses a new password, once, within {span(RESET_LIFETIME_S)}. Earlier links "
        f"for {user.name} have ended. It is shown this once:\n\n  {link}"
    )
    if user.disabled_at is not None:
        words += f"\n\nThe account is disabled, and the link waits with it: sluice user enable {user.name}"
    return Answer(document, words)
