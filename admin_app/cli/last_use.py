"""When principals of one kind were last served, by the id of their row."""

from addon.store.engine import Session
from addon.store.journal import last_uses


def last_used(session: Session, kind: str) -> dict[int, float]:
    """Return the instants by row id; `kind` is the word before the colon in a principal's id (`key:7`)."""
    return {
        int(principal_id.partition(":")[2]): use.used_at
        for principal_id, use in last_uses(session).items()
        if principal_id.startswith(f"{kind}:")
    }
