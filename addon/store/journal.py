"""The journal: what happened, one row per finished request, written in batches."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.orm import Session

from addon.core.model_names import canonical
from addon.core.ticket import TicketState
from addon.store.models import JournalRow, LastUse

WAS_ADMITTED = JournalRow.ran_s > 0
"""`Finished.was_admitted`, of rows."""
WENT_WRONG = (HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.SERVICE_UNAVAILABLE)
"""Ollama looks for the model first; what it answers so has gone wrong with a model that is there."""


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
    def known_model(self) -> str:
        """The model by its one spelling, if Ollama has shown that it has it, else nothing.

        Clients can make up names and spellings without end, and what is kept for years must not grow by them.
        """
        has_begun = self.first_byte_s is not None
        # A stream that began before its turn has a 200 in front of whatever Ollama said then.
        is_answer = self.state != TicketState.FAILED or self.completion_tokens > 0
        is_good = self.status is not None and self.status < HTTPStatus.BAD_REQUEST
        was_served = has_begun and is_good and is_answer
        went_wrong = has_begun and self.status in WENT_WRONG
        hung = self.was_admitted and self.state == TicketState.TIMED_OUT
        return canonical(self.model) if was_served or went_wrong or hung else ""

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


class Run(NamedTuple):
    """A request that held a slot: who came when with which base, how long it waited and how long it ran."""

    arrived_at: float
    principal_id: str
    principal_class: str
    base: int
    waited_s: float
    ran_s: float


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


# By the index on arrivals: by id, SQLite would look at every row when few are as new as that.
_NEWEST = JournalRow.arrived_at.desc(), JournalRow.id.desc()


def last_arrived(session: Session, since: float, until: float, most: int = 100) -> Sequence[JournalRow]:
    """Of those that arrived in this time the ones that came last, the latest first.

    A clock that was ahead leaves rows of a time to come, which belong to no present.
    """
    return session.scalars(select(JournalRow).where(*_arrived(since, until)).order_by(*_NEWEST).limit(most)).all()


def last_runs(session: Session, since: float, until: float, most: int) -> Sequence[Run]:
    """The same of those that were admitted, with what matters of each."""
    columns = (getattr(JournalRow, name) for name in Run._fields)
    found = select(*columns).where(*_arrived(since, until), WAS_ADMITTED).order_by(*_NEWEST).limit(most)
    return [Run(*row) for row in session.execute(found)]


def totals(session: Session, since: float, until: float, principal_id: str | None = None) -> Totals:
    """Sums over the requests that arrived in this time: everybody's, or one principal's."""
    counts = select(
        func.count(), func.sum(JournalRow.prompt_tokens), func.sum(JournalRow.completion_tokens)
    ).where(*_arrived(since, until))
    if principal_id is not None:
        counts = counts.where(JournalRow.principal_id == principal_id)
    requests, tokens_in, tokens_out = session.execute(counts).one()
    return Totals(requests, tokens_in or 0, tokens_out or 0)


def _arrived(since: float, until: float) -> tuple[ColumnElement[bool], ...]:
    return JournalRow.arrived_at >= since, JournalRow.arrived_at <= until


def last_uses(session: Session) -> Mapping[str, LastUse]:
    """When each principal was last served, by its id."""
    return {row.principal_id: row for row in session.scalars(select(LastUse))}
