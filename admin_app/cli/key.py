"""`sluice key`: API keys for apps."""

import time
from typing import TypedDict, Unpack

import click

from addon.core.principal import Scope
from addon.store.engine import reading
from addon.store.keys import NewKey, add_key, list_keys, revoke_key
from addon.store.users import get_user
from admin_app.actions.last_use import key_shapes
from admin_app.cli.allowance import NOTE_OPTION, allowance_options
from admin_app.cli.choices import EARLY_JSON, duration, scopes
from admin_app.cli.key_change import change
from admin_app.cli.key_rotate import rotate
from admin_app.cli.key_words import HEADERS, cells, shown_once
from admin_app.cli.leaf import Answer, leaf
from admin_app.cli.opening import House, open_house
from admin_app.cli.tables import table


class _Wishes(TypedDict):
    """The options of `key add` that go to the key as they are."""

    priority: int | None
    scopes: frozenset[Scope]
    models: tuple[str, ...] | None
    max_waiting: int | None
    max_running: int | None
    early_json: bool
    note: str


@click.group("key")
def key() -> None:
    """API keys for apps."""


key.add_command(change)
key.add_command(rotate)


@key.command("add")
@click.argument("name")
@click.option("--user", "owner", metavar="ID-OR-NAME", help="Whose key it is; it may do no more than they may.")
@allowance_options
@click.option(
    "--scope", "scopes", callback=scopes, default="infer,read", show_default=True, help="Also: manage, admin."
)
@click.option("--expires", "expires_s", callback=duration, metavar="30d", help="When it ends [default: never].")
@NOTE_OPTION
@EARLY_JSON
@leaf(open_house)
def add(
    house: House, /, *, name: str, owner: str | None, expires_s: float | None, **wishes: Unpack[_Wishes]
) -> Answer:
    """Make a key. It is shown once. What is not said follows the settings."""
    now = time.time()
    expires_at = None if expires_s is None else now + expires_s
    with house.changing(now) as session:
        user_id = None if owner is None else get_user(session, owner).id
        row, text = add_key(session, NewKey(name, expires_at=expires_at, user_id=user_id, **wishes), now)
        (document,) = key_shapes(session, [row], now)
    said = f"Key {row.id} ({row.name}) is made."
    return Answer({**document, "key": text}, shown_once(said, text, house.settings.gate.public_url))


@key.command("list")
@leaf(open_house)
def list_(house: House) -> Answer:
    """Show every key, without its secret."""
    now = time.time()
    with reading(house.engine) as session:
        rows = list(list_keys(session))
        documents = key_shapes(session, rows, now)
    if not rows:
        return Answer(documents, "No keys yet. Make one: sluice key add NAME")
    base = house.settings.queue.base
    return Answer(documents, table(HEADERS, (cells(*one, base, now) for one in zip(rows, documents, strict=True))))


@key.command("revoke")
@click.argument("id_or_name")
@leaf(open_house)
def revoke(house: House, id_or_name: str) -> Answer:
    """End a key for good."""
    now = time.time()
    with house.changing(now) as session:
        row = revoke_key(session, id_or_name, now)
        (document,) = key_shapes(session, [row], now)
    return Answer(document, f"Key {row.id} ({row.name}) is revoked. Requests that show it get 401.")
