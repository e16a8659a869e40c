"""Accounts at a glance: last seen, requests, keys."""

from sqlalchemy import Engine

from addon.store.engine import reading
from addon.store.journal import Used, write
from addon.store.keys import NewKey, add_key, revoke_key
from addon.store.people import Glance, glances
from addon.store.sessions import SignedInFrom, start_session
from tests.changing import changing_rules
from tests.store.samples import NOW, finished, make_user


def test_who_never_came_is_not_there(engine: Engine) -> None:
    make_user(engine)
    with reading(engine) as session:
        assert glances(session, NOW) == {}


def test_the_last_use_or_sign_in_counts_with_its_address(engine: Engine) -> None:
    ann, bob = make_user(engine, "ann"), make_user(engine, "bob")
    with changing_rules(engine) as session:
        for user, at, address in ((ann, NOW + 5, "10.0.0.5"), (ann, NOW, "10.0.0.1"), (bob, NOW, "10.0.0.2")):
            start_session(session, user, at, 60, SignedInFrom(address))
        write(session, [], [Used(f"user:{bob.id}", NOW + 9, None), Used(f"user:{ann.id}", NOW + 1, "10.0.0.9")])
    with reading(engine) as session:
        seen = glances(session, NOW)
    assert (seen[ann.id].seen_at, seen[ann.id].seen_from) == (NOW + 5, "10.0.0.5")
    assert (seen[bob.id].seen_at, seen[bob.id].seen_from) == (NOW + 9, None)


def test_requests_of_own_keys_count_and_those_of_the_houses_do_not(engine: Engine) -> None:
    ann = make_user(engine)
    with changing_rules(engine) as session:
        own, _ = add_key(session, NewKey("own", user_id=ann.id), NOW)
        house, _ = add_key(session, NewKey("house"), NOW)
        askers = (f"user:{ann.id}", f"key:{own.id}", f"key:{house.id}", "rule:1", "key:99")
        today = [finished(principal_id=one) for one in askers]
        write(session, [*today, finished(principal_id=f"user:{ann.id}", arrived_at=NOW - 1)], [])
    with reading(engine) as session:
        assert glances(session, NOW) == {ann.id: Glance(None, None, requests=2, keys=1)}


def test_revoked_keys_are_not_counted(engine: Engine) -> None:
    ann = make_user(engine)
    with changing_rules(engine) as session:
        for name in ("one", "two"):
            add_key(session, NewKey(name, user_id=ann.id), NOW)
        revoke_key(session, "one", NOW)
    with reading(engine) as session:
        assert glances(session, NOW)[ann.id].keys == 1
