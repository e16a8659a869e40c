"""`sluice key rotate`: another secret for the same key."""

import time

import click

from addon.store.keys import rotate_key
from addon.store.models import ApiKey
from admin_app.actions.last_use import key_shapes
from admin_app.cli.choices import overlap
from admin_app.cli.key_words import shown_once
from admin_app.cli.leaf import Answer, leaf
from admin_app.cli.opening import House, open_house
from admin_app.words import clock, until


@click.command("rotate")
@click.argument("id_or_name")
@click.option(
    "--overlap",
    "overlap_s",
    callback=overlap,
    default="24h",
    show_default=True,
    help="How long the old one counts beside it; 0 ends it at once.",
)
@leaf(open_house)
def rotate(house: House, id_or_name: str, overlap_s: float) -> Answer:
    """Give a key a new secret. It is shown once."""
    now = time.time()
    with house.changing(now) as session:
        row, text = rotate_key(session, id_or_name, overlap_s, now)
        (document,) = key_shapes(session, [row], now)
    words = shown_once(f"Key {row.id} ({row.name}) has a new secret.", text, house.settings.gate.public_url)
    return Answer({**document, "key": text}, f"{words}\n\n{_old_one(row, now)}")


def _old_one(row: ApiKey, now: float) -> str:
    ends_at = min(at for at in (row.previous_expires_at, row.expires_at) if at is not None)
    if ends_at <= now:
        return "The old one has ended."
    return f"The old one counts until {clock(ends_at)} UTC ({until(ends_at, now)}); any before it has ended."
