"""The audit log as people ask for it: filtered, the newest first, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from addon.store.models import AuditRow


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which rows are wanted; None means any.

    `actor` and `subject` are an id (`user:2`) or a name, `action` a whole one (`key.revoke`) or its noun (`key`).
    Rows count from `since` up to, but without, `until` (unix seconds); `before` is the id that a page ends at.
    """

    actor: str | None = None
    action: str | None = None
    subject: str | None = None
    since: float | None = None
    until: float | None = None
    before: int | None = None


def find_audit(session: Session, wanted: AuditFilter, most: int) -> Sequence[AuditRow]:
    """The newest rows that fit."""
    return session.scalars(_fitting(wanted).order_by(AuditRow.id.desc()).limit(most)).all()


def _fitting(wanted: AuditFilter) -> Select[AuditRow]:
    found = select(AuditRow)
    if wanted.actor is not None:
        found = found.where(or_(AuditRow.actor_id == wanted.actor, AuditRow.actor == wanted.actor))
    if wanted.action is not None:
        noun = AuditRow.action.startswith(f"{wanted.action}.", autoescape=True)
        found = found.where(or_(AuditRow.action == wanted.action, noun))
    if wanted.subject is not None:
        found = found.where(or_(AuditRow.subject_id == wanted.subject, AuditRow.subject == wanted.subject))
    if wanted.since is not None:
        found = found.where(AuditRow.at >= wanted.since)
    if wanted.until is not None:
        found = found.where(AuditRow.at < wanted.until)
    return found if wanted.before is None else found.where(AuditRow.id < wanted.before)
