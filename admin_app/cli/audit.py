"""`sluice audit`: who did what to what."""

import time
from collections.abc import Iterator, Mapping

import click

from addon.store.audit_reader import AuditFilter, find_audit
from addon.store.engine import reading
from admin_app.cli.choices import COUNT, duration
from admin_app.cli.leaf import Answer, leaf
from admin_app.cli.opening import House, open_house
from admin_app.cli.tables import table
from admin_app.shapes import Shape, audit_shape
from admin_app.words import clock

_HEADERS = ("ID", "WHEN (UTC)", "WHO", "FROM", "ACTION", "TO WHAT", "WHAT CHANGED")


@click.command("audit")
@click.option("--actor", metavar="WHO", help="By whom: a name, or an id as user:2, key:7 or terminal.")
@click.option("--action", metavar="WHAT", help="What: key.revoke, or key for everything done to keys.")
@click.option("--subject", metavar="WHAT", help="To what: a name, or an id as user:2, key:7 or rule:3.")
@click.option("--since", "since_s", callback=duration, metavar="7d", help="How far back [default: to the start].")
@click.option("--limit", type=COUNT, default=50, show_default=True, help="At most so many, the newest.")
@leaf(open_house)
def audit(
    house: House,
    actor: str | None,
    action: str | None,
    subject: str | None,
    since_s: float | None,
    limit: int,
) -> Answer:
    """Show who did what to what, the latest first."""
    since = None if since_s is None else time.time() - since_s
    with reading(house.engine) as session:
        rows = find_audit(session, AuditFilter(actor, action, subject, since), limit)
    documents = [audit_shape(row) for row in rows]
    if not rows:
        return Answer(documents, "Nothing fits. Without options everything is shown.")
    return Answer(documents, table(_HEADERS, map(_cells, documents)))


def _cells(deed: Shape) -> tuple[object, ...]:
    what = f"{deed['subject']} ({deed['subject_id']})" if deed["subject"] else deed["subject_id"]
    changes = ", ".join(_changes(deed["before"], deed["after"]))
    at = deed["at"]
    when = clock(at) if isinstance(at, float) else None
    return (deed["id"], when, deed["actor"], deed["address"], deed["action"], what, changes or None)


def _changes(before: object, after: object) -> Iterator[str]:
    was, is_now = _values(before), _values(after)
    for name in {**was, **is_now}:
        if was and is_now:
            yield f"{name} {_value(name, was.get(name))} -> {_value(name, is_now.get(name))}"
        elif name != "created_at" and (found := {**was, **is_now}[name]) not in (None, ""):
            yield f"{name} {_value(name, found)}"


def _values(document: object) -> Mapping[str, object]:
    return document if isinstance(document, dict) else {}


def _value(name: str, value: object) -> str:
    match value:
        case None | "":
            return "-"
        case bool():
            return "yes" if value else "no"
        case int() | float() if name.endswith("_at"):
            return clock(value)
        case _:
            return str(value)
