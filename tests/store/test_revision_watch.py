"""Looking at the revision: cheap while nothing changes, right when something does, loud when it cannot be read."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import Engine

from addon.store.revision_watch import RevisionWatch, Seen
from tests.changing import changing_rules
from tests.store.samples import delete, exists, run_sql


@pytest.fixture
def watch(engine: Engine, database: Path) -> Iterator[RevisionWatch]:
    engine.connect().close()
    watch = RevisionWatch(database)
    yield watch
    watch.close()


def _change(engine: Engine) -> None:
    with changing_rules(engine):
        pass


def test_every_change_is_seen_from_any_thread(watch: RevisionWatch, engine: Engine) -> None:
    seen: list[Seen] = []
    for _ in range(3):
        thread = Thread(target=lambda: seen.append(watch.look()))
        thread.start()
        thread.join()
        _change(engine)
    assert [revision for _, revision in seen] == [1, 2, 3]


def test_nothing_is_read_while_nobody_commits(watch: RevisionWatch, monkeypatch: pytest.MonkeyPatch) -> None:
    watch.look()
    asked: list[str] = []
    connection = watch._connection  # pyright: ignore[reportPrivateUsage] - whose statements are to be seen
    assert connection is not None
    connection.set_trace_callback(asked.append)
    watch.look()
    assert asked == ["PRAGMA data_version"]


def test_it_never_writes(watch: RevisionWatch) -> None:
    watch.look()
    connection = watch._connection  # pyright: ignore[reportPrivateUsage] - as above
    assert connection is not None
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("UPDATE policy_revision SET revision = 9")


def test_it_holds_no_lock_between_two_looks(watch: RevisionWatch, database: Path) -> None:
    watch.look()
    with sqlite3.connect(database, timeout=0) as other:
        busy, *_ = other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    other.close()
    assert busy == 0


def test_a_file_that_is_gone_is_an_error_and_not_made_anew(watch: RevisionWatch, database: Path) -> None:
    watch.look()
    delete(database)
    with pytest.raises(FileNotFoundError, match="No such file"):
        watch.look()
    assert not exists(database)


def test_without_its_row_there_is_no_revision_until_it_is_back(watch: RevisionWatch, database: Path) -> None:
    watch.look()
    run_sql(database, "DELETE FROM policy_revision")
    for _ in range(2):
        with pytest.raises(sqlite3.DataError, match="no answer"):
            watch.look()
    run_sql(database, "INSERT INTO policy_revision VALUES (1, 7)")
    assert watch.look()[1] == 7
