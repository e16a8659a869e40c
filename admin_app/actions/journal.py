"""The journal: what was asked and what it cost."""

import math
from datetime import UTC, datetime

from addon.store.engine import reading
from addon.store.journal import recent, totals
from addon.store.models import JournalRow
from admin_app.context import WebContext
from admin_app.errors import InputError
from admin_app.shapes import Shape


def latest(context: WebContext, most: int) -> list[Shape]:
    """The newest rows, whenever they arrived."""
    with reading(context.engine) as session:
        return [_shape(row) for row in recent(session, most=most)]


def stats(context: WebContext, since: str | None) -> Shape:
    """Sums and rows since an instant: unix seconds or ISO 8601, by default today's beginning in UTC."""
    since_at = _today(context.now()) if since is None else _instant(since)
    with reading(context.engine) as session:
        sums = totals(session, since_at)
        rows = [_shape(row) for row in recent(session, since_at)]
    return {
        "since_at": since_at,
        "requests": sums.requests,
        "tokens_in": sums.tokens_in,
        "tokens_out": sums.tokens_out,
        "rows": rows,
    }


def _today(now: float) -> float:
    midnight = datetime.fromtimestamp(now, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight.timestamp()


def _instant(text: str) -> float:
    try:
        instant = float(text)
    except ValueError:
        instant = _iso_instant(text)
    if not math.isfinite(instant):
        raise InputError(_NOT_AN_INSTANT)
    return instant


_NOT_AN_INSTANT = "since must be unix seconds (1785542400) or ISO 8601 (2026-08-01)."


def _iso_instant(text: str) -> float:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(_NOT_AN_INSTANT) from error
    return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).timestamp()


def _shape(row: JournalRow) -> Shape:
    return {
        "ticket": row.ticket,
        "principal": row.principal,
        "class": row.principal_class,
        "base": row.base,
        "model": row.model,
        "path": row.path,
        "upstream": row.upstream,
        "arrived_at": row.arrived_at,
        "waited_s": row.waited_s,
        "first_byte_s": row.first_byte_s,
        "ran_s": row.ran_s,
        "tokens_in": row.prompt_tokens,
        "tokens_out": row.completion_tokens,
        "is_estimated": row.is_estimated,
        "status": row.status,
        "state": row.state,
        "ended_by": row.ended_by,
    }
