"""The audit log as people ask for it."""

from collections.abc import Sequence

import pytest
from sqlalchemy import Engine

from addon.store.audit import Actor, Deed, record
from addon.store.audit_reader import AuditFilter, find_audit
from addon.store.engine import reading, writing
from tests.store.samples import NOW

ANN, BOB = Actor("user:1", "ann", "192.0.2.7"), Actor("user:2", "bob")
DEEDS = (
    (ANN, Deed("key.add", "key:1", "ci")),
    (ANN, Deed("key.revoke", "key:1", "ci")),
    (BOB, Deed("keyring.add", "keyring:1", "odd")),
    (BOB, Deed("user.disable", "user:1", "ann")),
)


@pytest.fixture(autouse=True)
def _log(engine: Engine) -> None:
    with writing(engine) as session:
        for number, (by, deed) in enumerate(DEEDS):
            record(session, by, deed, NOW + number)


def _found(engine: Engine, wanted: AuditFilter, most: int = 100) -> Sequence[int]:
    with reading(engine) as session:
        return [row.id for row in find_audit(session, wanted, most)]


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (AuditFilter(), [4, 3, 2, 1]),
        (AuditFilter(actor="user:1"), [2, 1]),
        (AuditFilter(actor="bob"), [4, 3]),
        (AuditFilter(actor="b%"), []),
        (AuditFilter(action="key.revoke"), [2]),
        (AuditFilter(action="key"), [2, 1]),
        (AuditFilter(action="k_y"), []),
        (AuditFilter(subject="key:1"), [2, 1]),
        (AuditFilter(subject="ann"), [4]),
        (AuditFilter(since=NOW + 1), [4, 3, 2]),
        (AuditFilter(until=NOW + 1), [1]),
        (AuditFilter(since=NOW + 1, until=NOW + 3, actor="bob"), [3]),
        (AuditFilter(before=3), [2, 1]),
        (AuditFilter(actor="nul\0l"), []),
    ],
)
def test_the_newest_that_fit_come_first(engine: Engine, wanted: AuditFilter, ids: list[int]) -> None:
    assert _found(engine, wanted) == ids


def test_page_after_page_shows_every_row_once(engine: Engine) -> None:
    first = _found(engine, AuditFilter(), 3)
    assert (first, _found(engine, AuditFilter(before=first[-1]), 3)) == ([4, 3, 2], [1])
