"""Changing rules in tests that do not care who does it and when."""

from collections.abc import Generator
from contextlib import contextmanager

from addon.store import engine as store_engine
from addon.store.audit import Actor
from addon.store.engine import Engine, Session

TESTER = Actor("terminal", "tester")
CHANGED_AT = 1_785_585_600.0


@contextmanager
def changing_rules(engine: Engine) -> Generator[Session]:
    """A write transaction of the tester's."""
    with store_engine.changing_rules(engine, TESTER, CHANGED_AT) as session:
        yield session
