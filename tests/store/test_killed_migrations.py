"""A migration killed at any statement: the database is the old one or the new one, never something between."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command

from addon.store.engine import make_engine
from addon.store.schema import alembic_config
from tests.store.samples import HEAD, run_sql

pytestmark = pytest.mark.slow

_OLDEST = "0001"
_ROWS = """
INSERT INTO address_rule (id, cidr, name, created_at) VALUES (1, '10.0.0.1/32', 'box', 1.0)
"""
# One process without threads forks for each statement, so that the imports, which take longest, are done once.
_KILLS = """
import json, os, pathlib, shutil, sqlite3, sys
from sqlalchemy import event
from addon.store import engine as engines, schema

old, place = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])

def migrate(path, last):
    engine = engines.make_engine(f"sqlite:///{path}")
    seen = 0
    def count(*_):
        nonlocal seen
        seen += 1
        if seen == last:
            os.kill(os.getpid(), 9)
    event.listen(engine, "before_cursor_execute", count)
    schema.ensure_schema(engine, path.parent)

def found(path):
    with sqlite3.connect(path) as connection:
        sound = connection.execute("PRAGMA quick_check").fetchone()[0]
        version = connection.execute("SELECT version_num FROM alembic_version").fetchall()
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        rules = connection.execute("SELECT id, cidr, name FROM address_rule").fetchall()
    connection.close()
    return sound, version[0][0], tables, rules

last, outcomes = 0, []
while True:
    last += 1
    path = place / str(last) / "sluice.db"
    path.parent.mkdir()
    shutil.copy(old, path)
    child = os.fork()
    if child == 0:
        migrate(path, last)
        os._exit(0)
    was_killed = os.WIFSIGNALED(os.waitpid(child, 0)[1])
    outcomes.append(found(path))
    if not was_killed:
        break
# The last of them once more, as the next start does it.
again = place / str(last - 1) / "sluice.db"
schema.ensure_schema(engines.make_engine(f"sqlite:///{again}"), again.parent)
print(json.dumps({"outcomes": outcomes, "again": found(again)}))
"""


def test_a_migration_killed_at_any_statement_has_happened_or_has_not(tmp_path: Path) -> None:
    old = tmp_path / "old.db"
    engine = make_engine(f"sqlite:///{old}")
    command.upgrade(alembic_config(engine), _OLDEST)
    run_sql(old, _ROWS)
    (tmp_path / "kills").mkdir()
    line = [sys.executable, "-c", _KILLS, str(old), str(tmp_path / "kills")]
    ended = subprocess.run(line, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout)
    first, final = told["outcomes"][0], told["outcomes"][-1]
    assert (first[0], first[1], first[3]) == ("ok", _OLDEST, [[1, "10.0.0.1/32", "box"]])
    assert (final[0], final[1], final[3]) == ("ok", HEAD, [[1, "10.0.0.1/32", "box"]])
    assert len(told["outcomes"]) > 50
    assert [outcome for outcome in told["outcomes"] if outcome not in (first, final)] == []
    assert told["again"] == final
