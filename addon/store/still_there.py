"""Which of the askers in the journal still have a row of their own: key, account or rule."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from addon.store.ids import parse_id
from addon.store.models import AddressRule, ApiKey, User

_TABLES: Mapping[str, type[ApiKey | User | AddressRule]] = {"key": ApiKey, "user": User, "rule": AddressRule}


def still_there(session: Session, principal_ids: Iterable[str]) -> frozenset[str]:
    """Those of these ids that mean something today; a revoked key is still there."""
    numbers: defaultdict[str, list[int]] = defaultdict(list)
    for principal_id in principal_ids:
        prefix, _, number = principal_id.partition(":")
        row_id = parse_id(number)
        if prefix in _TABLES and row_id is not None:
            numbers[prefix].append(row_id)
    return frozenset(
        f"{prefix}:{row_id}"
        for prefix, some in numbers.items()
        for row_id in session.scalars(select(_TABLES[prefix].id).where(_TABLES[prefix].id.in_(some)))
    )
