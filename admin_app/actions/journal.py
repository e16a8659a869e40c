"""The journal: what was asked and what it cost."""

from addon.store.engine import reading
from addon.store.journal import last_arrived, last_finished, totals
from addon.store.models import JournalRow
from admin_app.context import WebContext
from admin_app.days import today
from admin_app.instants import instant_of
from admin_app.shapes import Shape


def latest(context: WebContext, most: int) -> list[Shape]:
    """What ended last."""
    with reading(context.engine) as session:
        return [_shape(row) for row in last_finished(session, most)]


def stats(context: WebContext, since: str | None) -> Shape:
    """Sums and rows since an instant: unix seconds or ISO 8601, by default today's beginning in UTC.

    Raises InputError.
    """
    now = context.now()
    since_at = today(now) if since is None else instant_of("since", since)
    with reading(context.engine) as session:
        sums = totals(session, since_at, now)
        rows = [_shape(row) for row in last_arrived(session, since_at, now)]
    return {
        "since_at": since_at,
        "requests": sums.requests,
        "tokens_in": sums.tokens_in,
        "tokens_out": sums.tokens_out,
        "rows": rows,
    }


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
