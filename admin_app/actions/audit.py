"""The audit log: who did what to what, read only."""

from collections.abc import Mapping

from addon.store.audit_reader import AuditFilter, find_audit
from addon.store.engine import reading
from addon.store.ids import parse_id
from admin_app.context import WebContext
from admin_app.errors import InputError
from admin_app.instants import instant_of
from admin_app.shapes import Shape, audit_shape

FILTERS = ("actor", "action", "subject", "since", "until", "before", "limit")
MOST_LISTED = 10_000
_LISTED = 100
_LONGEST = 256  # no name and no id is longer


def listed(context: WebContext, filters: Mapping[str, str]) -> list[Shape]:
    """The newest deeds that fit, the latest first. An empty filter counts as not sent.

    `filters` holds any of FILTERS: an id or a name as `actor` and `subject`, `key.revoke` or `key` as `action`,
    unix seconds or ISO 8601 as `since` and `until`, the last id of the page before as `before`; `limit` is 100 and
    at most 10,000. Raises InputError.
    """
    wanted = {name: text for name, text in filters.items() if text}
    if unknown := next((name for name in wanted if name not in FILTERS), None):
        raise InputError(f"There is no filter {unknown!r} here. Use: {', '.join(FILTERS)}.")
    most = _number(wanted, "limit") or _LISTED
    if most > MOST_LISTED:
        raise InputError(f"limit must be a whole number from 1 to {MOST_LISTED}.")
    with reading(context.engine) as session:
        return [audit_shape(row) for row in find_audit(session, _filter(wanted), most)]


def _filter(wanted: Mapping[str, str]) -> AuditFilter:
    return AuditFilter(
        actor=_text(wanted, "actor"),
        action=_text(wanted, "action"),
        subject=_text(wanted, "subject"),
        since=_instant(wanted, "since"),
        until=_instant(wanted, "until"),
        before=_number(wanted, "before"),
    )


def _text(wanted: Mapping[str, str], name: str) -> str | None:
    text = wanted.get(name)
    if text is not None and len(text) > _LONGEST:
        raise InputError(f"{name} has at most {_LONGEST} characters.")
    return text


def _instant(wanted: Mapping[str, str], name: str) -> float | None:
    return instant_of(name, wanted[name]) if name in wanted else None


def _number(wanted: Mapping[str, str], name: str) -> int | None:
    if name not in wanted:
        return None
    number = parse_id(wanted[name])
    if not number:
        raise InputError(f"{name} must be a whole number, 1 or more.")
    return number
