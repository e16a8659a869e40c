"""The journal: what happened, one row per finished request, written in batches."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.orm import Session

from addon.store.models import JournalRow, LastUse


@dataclass(frozen=True, slots=True)
class Finished:
    """One finished request. Durations in seconds, `arrived_at` in unix seconds."""

    ticket: str
    principal_id: str
    principal: str
    principal_class: str
    base: int
    model: str
    path: str
    upstream: str
    arrived_at: float
    waited_s: float
    first_byte_s: float | None
    ran_s: float
    prompt_tokens: int
    completion_tokens: int
    is_estimated: bool
    status: int | None
    state: str
    ended_by: str

    @property
    def was_admitted(self) -> bool:
        """Whether it ever held a slot; whoever leaves or is sent away before waited for nothing."""
        return self.ran_s > 0

    @property
    def admitted_at(self) -> float:
        """When its wait ended, with a slot or without."""
        return self.arrived_at + self.waited_s


@dataclass(frozen=True, slots=True)
class Used:
    """A principal was served at this instant, from this address (None when unknown)."""

    principal_id: str
    used_at: float
    address: str | None


@dataclass(frozen=True, slots=True)
class Totals:
    """What the requests since some instant add up to."""

    requests: int
    tokens_in: int
    tokens_out: int


def write(session: Session, finished: Sequence[Finished], used: Iterable[Used]) -> None:
    """Store a batch; the caller commits."""
    if finished:
        session.execute(insert(JournalRow), [asdict(row) for row in finished])
    rows: list[dict[str, Any]] = [asdict(use) for use in used]
    if rows:
        statement = upsert(LastUse).values(rows)
        new = statement.excluded
        latest = statement.on_conflict_do_update(
            index_elements=["principal_id"],
            set_={"used_at": new.used_at, "address": new.address},
            where=LastUse.used_at <= new.used_at,
        )
        session.execute(latest)


def last_finished(session: Session, most: int = 100) -> Sequence[JournalRow]:
    """The newest rows, whenever their requests arrived: the one that ended last comes first."""
    return session.scalars(select(JournalRow).order_by(JournalRow.id.desc()).limit(most)).all()


def last_arrived(session: Session, since: float, most: int = 100) -> Sequence[JournalRow]:
    """Of those that arrived since then the ones that came last, the latest first."""
    # By the index on arrivals: by id, SQLite would look at every row when few are as new as that.
    newest = JournalRow.arrived_at.desc(), JournalRow.id.desc()
    found = select(JournalRow).where(JournalRow.arrived_at >= since).order_by(*newest).limit(most)
    return session.scalars(found).all()


def totals(session: Session, since: float, principal_id: str | None = None) -> Totals:
    """Sums over the requests that arrived since then: everybody's, or one principal's."""
    counts = select(
        func.count(), func.sum(JournalRow.prompt_tokens), func.sum(JournalRow.completion_tokens)
    ).where(JournalRow.arrived_at >= since)
    if principal_id is not None:
        counts = counts.where(JournalRow.principal_id == principal_id)
    requests, tokens_in, tokens_out = session.execute(counts).one()
    return Totals(requests, tokens_in or 0, tokens_out or 0)


def last_uses(session: Session) -> Mapping[str, LastUse]:
    """When each principal was last served, by its id."""
    return {row.principal_id: row for row in session.scalars(select(LastUse))}
