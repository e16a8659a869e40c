"""Askers of the journal that are still there."""

from sqlalchemy import Engine

from addon.store.engine import reading
from addon.store.keys import NewKey, add_key
from addon.store.still_there import still_there
from tests.changing import changing_rules
from tests.store.samples import NOW, make_user


def test_each_kind_is_looked_for_among_its_own(engine: Engine) -> None:
    user = make_user(engine, "ann")
    with changing_rules(engine) as session:
        key, _ = add_key(session, NewKey("ci"), NOW)
        ours = {f"user:{user.id}", f"key:{key.id}"}
    gone = {"user:99", "key:99", f"rule:{key.id}", "else:1", "else", "key:", "key:x", f"key:{'9' * 40}"}
    with reading(engine) as session:
        assert still_there(session, [*ours, *gone]) == ours
        assert still_there(session, []) == frozenset()
