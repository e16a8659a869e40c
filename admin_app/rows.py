"""Rows by the number that stands in a path."""

from addon.store.engine import Session
from addon.store.ids import parse_id
from addon.store.models import Base
from admin_app.errors import UnknownError


def row_of[Row: Base](session: Session, table: type[Row], row_id: int, what: str) -> Row:
    """The row of this id, and never one whose name looks like it. Raises UnknownError; `what` says of which."""
    row = None if parse_id(str(row_id)) is None else session.get(table, row_id)
    if row is None:
        raise UnknownError(f"There is no {what} {row_id}.")
    return row
