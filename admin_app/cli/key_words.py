"""API keys in words: their table, and what is said once of a fresh one."""

from addon.settings import BasePriorities
from addon.store.allowances import split_models
from addon.store.models import ApiKey
from admin_app.cli.last_use import since
from admin_app.shapes import Shape, key_state
from admin_app.words import until

HEADERS = (
    *("ID", "NAME", "KEY", "STATE", "OWNER", "PRIORITY", "SCOPES", "MODELS"),
    *("EXPIRES", "LAST USED", "OLD KEY ENDS", "NOTE"),
)


def cells(row: ApiKey, known: Shape, base: BasePriorities, now: float) -> tuple[object, ...]:
    """One line of the table."""
    priority = base.custom_app if row.priority is None else row.priority
    models = ",".join(sorted(split_models(row.models) or ["all"]))
    owner = None if row.owner is None else row.owner.name
    standing = (row.id, row.name, f"sl_{row.prefix}_...", key_state(row, now), owner, priority, row.scopes, models)
    old = known["previous_expires_at"] and until(row.previous_expires_at, now)
    return (*standing, until(row.expires_at, now), since(known, "last_used_at", now), old, row.note or None)


def shown_once(said: str, text: str, url: str) -> str:
    """The text of a fresh key, with a line to try it."""
    return (
        f"{said} Copy it now: it is shown this once and never again.\n\n"
        f"  {text}\n\nTry it:\n\n"
        f'  curl -H "X-API-Key: {text}" {url}/api/tags'
    )
