"""How much room the database takes."""

import os
from pathlib import Path

import pytest
from sqlalchemy import Engine

from addon.store.database_size import database_bytes
from addon.store.engine import writing
from addon.store.journal import write
from tests.store.samples import finished


def test_what_is_written_counts_before_it_is_written_back(engine: Engine) -> None:
    url = engine.url.render_as_string()
    before = database_bytes(url)
    assert before > 0
    with writing(engine) as session:
        write(session, [finished(ticket=f"{number:032x}") for number in range(2000)], [])
    assert database_bytes(url) > before + 100_000


def test_no_file_takes_nothing(tmp_path: Path) -> None:
    assert database_bytes(f"sqlite:///{tmp_path}/none.db") == 0


def test_a_log_that_goes_away_meanwhile_takes_nothing(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(self: Path, **_: object) -> os.stat_result:
        raise FileNotFoundError(2, "No such file", str(self))

    monkeypatch.setattr(Path, "stat", gone)
    assert database_bytes(engine.url.render_as_string()) == 0
