"""`sluice key`: API keys for apps."""

import time
from typing import TypedDict, Unpack

import click

from addon.core.principal import Scope
from addon.store.allowances import split_models
from addon.store.engine import reading
from addon.store.keys import NewKey, add_key, list_keys, revoke_key
from addon.store.models import ApiKey
from admin_app.cli.choices import COUNT, EARLY_JSON, PRIORITY, duration, names, scopes
from admin_app.cli.last_use import last_used
from admin_app.cli.leaf import Answer, leaf
from admin_app.cli.opening import House, open_house
from admin_app.cli.tables import table
from admin_app.cli.words import ago, until
from admin_app.shapes import key_shape, key_state

_HEADERS = ("ID", "NAME", "KEY", "STATE", "PRIORITY", "SCOPES", "MODELS", "EXPIRES", "LAST USED")


class _Wishes(TypedDict):
    """The options of `key add` that go to the key as they are."""

    priority: int | None
    scopes: frozenset[Scope]
    models: tuple[str, ...] | None
    max_waiting: int | None
    max_running: int | None
    early_json: bool


@click.group("key")
def key() -> None:
    """API keys for apps."""


@key.command("add")
@click.argument("name")
@click.option("--priority", type=PRIORITY, help="Base priority, 0 (soonest) to 9 [default: the setting's].")
@click.option("--models", callback=names, metavar="A,B", help="The only models it may use [default: all].")
@click.option(
    "--scope", "scopes", callback=scopes, default="infer,read", show_default=True, help="Also: manage, admin."
)
@click.option("--expires", "expires_s", callback=duration, metavar="30d", help="When it ends [default: never].")
@click.option("--max-waiting", type=COUNT, help="Requests that may wait at once.")
@click.option("--max-running", type=COUNT, help="Requests that may run at once.")
@EARLY_JSON
@leaf(open_house)
def add(house: House, /, *, name: str, expires_s: float | None, **wishes: Unpack[_Wishes]) -> Answer:
    """Make a key. It is shown once."""
    now = time.time()
    expires_at = None if expires_s is None else now + expires_s
    new = NewKey(name, expires_at=expires_at, **wishes)
    with house.changing(now) as session:
        row, text = add_key(session, new, now)
    return Answer({**key_shape(row, now), "key": text}, _shown_once(row, text, house.settings.gate.public_url))


@key.command("list")
@leaf(open_house)
def list_(house: House) -> Answer:
    """Show every key, without its secret."""
    now = time.time()
    with reading(house.engine) as session:
        rows, used_at = list_keys(session), last_used(session, "key")
    documents = [{**key_shape(row, now), "last_used_at": used_at.get(row.id)} for row in rows]
    if not rows:
        return Answer(documents, "No keys yet. Make one: sluice key add NAME")
    default = house.settings.queue.base.custom_app
    return Answer(documents, table(_HEADERS, (_cells(row, used_at.get(row.id), default, now) for row in rows)))


@key.command("revoke")
@click.argument("id_or_name")
@leaf(open_house)
def revoke(house: House, id_or_name: str) -> Answer:
    """End a key for good."""
    now = time.time()
    with house.changing(now) as session:
        row = revoke_key(session, id_or_name, now)
    return Answer(key_shape(row, now), f"Key {row.id} ({row.name}) is revoked. Requests that show it get 401.")


def _models(row: ApiKey) -> list[str] | None:
    models = split_models(row.models)
    return None if models is None else sorted(models)


def _cells(row: ApiKey, used_at: float | None, default: int, now: float) -> tuple[object, ...]:
    priority = default if row.priority is None else row.priority
    models = ",".join(_models(row) or ["all"])
    ends = until(row.expires_at, now)
    shown = f"sl_{row.prefix}_..."
    return (row.id, row.name, shown, key_state(row, now), priority, row.scopes, models, ends, ago(used_at, now))


def _shown_once(row: ApiKey, text: str, url: str) -> str:
    return (
        f"Key {row.id} ({row.name}) is made. Copy it now: it is shown this once and never again.\n\n"
        f"  {text}\n\nTry it:\n\n"
        f'  curl -H "X-API-Key: {text}" {url}/api/tags'
    )
