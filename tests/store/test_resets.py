"""One-time links for a new password: once, for a day, and only the newest."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Engine, select

from addon.store.engine import reading
from addon.store.errors import StoreError
from addon.store.models import LoginSession, User
from addon.store.resets import RESET_LIFETIME_S, add_reset, use_reset
from addon.store.sessions import live_sessions, start_session
from addon.store.users import disable_user, get_user
from tests.changing import changing_rules
from tests.store.samples import NOW, make_user

_NOT_VALID = "This link is not valid any more. Ask the administrator for a new one."


def _add(engine: Engine, name: str = "ann", now: float = NOW) -> str:
    with changing_rules(engine) as session:
        return add_reset(session, get_user(session, name), now)[1]


def _use(engine: Engine, token: str, now: float = NOW) -> User:
    with changing_rules(engine) as session:
        return use_reset(session, token, b"new hash", now)


def _is_refused(engine: Engine, token: str, now: float = NOW) -> bool:
    with pytest.raises(StoreError) as caught:
        _use(engine, token, now)
    return str(caught.value) == _NOT_VALID


def _hash(engine: Engine, name: str = "ann") -> bytes:
    with reading(engine) as session:
        return get_user(session, name).password_hash


def test_a_link_sets_the_password_once(engine: Engine) -> None:
    make_user(engine)
    token = _add(engine)
    assert (_use(engine, token).name, _hash(engine)) == ("ann", b"new hash")
    assert _is_refused(engine, token)


def test_a_link_counts_for_a_day(engine: Engine) -> None:
    make_user(engine)
    token = _add(engine)
    assert _is_refused(engine, token, NOW + RESET_LIFETIME_S)
    assert _hash(engine) == b"hash"
    assert _use(engine, token, NOW + RESET_LIFETIME_S - 1).name == "ann"


def test_a_new_link_ends_the_earlier_ones_of_the_same_person_alone(engine: Engine) -> None:
    make_user(engine, "ann")
    make_user(engine, "bob")
    first, of_bob, second = _add(engine), _add(engine, "bob"), _add(engine)
    assert _is_refused(engine, first)
    assert [_use(engine, token).name for token in (second, of_bob)] == ["ann", "bob"]


def test_using_a_link_ends_every_session_of_that_person_alone(engine: Engine) -> None:
    ann, bob = make_user(engine, "ann"), make_user(engine, "bob")
    with changing_rules(engine) as session:
        for user in (ann, ann, bob):
            start_session(session, user, NOW, 60)
    _use(engine, _add(engine))
    with reading(engine) as session:
        assert not live_sessions(session, ann.id, NOW)
        assert len(live_sessions(session, bob.id, NOW)) == 1


def test_a_link_that_is_only_made_changes_nothing_yet(engine: Engine) -> None:
    ann = make_user(engine)
    with changing_rules(engine) as session:
        start_session(session, ann, NOW, 60)
    _add(engine)
    with reading(engine) as session:
        assert session.scalars(select(LoginSession.ended_at)).all() == [None]
    assert _hash(engine) == b"hash"


def test_a_disabled_account_cannot_be_entered_by_a_link_and_the_link_is_not_burnt(engine: Engine) -> None:
    make_user(engine)
    token = _add(engine)
    with changing_rules(engine) as session:
        disable_user(session, get_user(session, "ann"), NOW)
    assert _is_refused(engine, token)
    with changing_rules(engine) as session:
        get_user(session, "ann").disabled_at = None
    assert _use(engine, token).name == "ann"


@pytest.mark.parametrize("token", ["", "x", "a" * 32, "a" * 31 + "\ud800", "é" * 32, "' OR 1=1 --", "a" * 10_000])
def test_an_unknown_link_is_refused(engine: Engine, token: str) -> None:
    make_user(engine)
    _add(engine)
    assert _is_refused(engine, token)
    assert _hash(engine) == b"hash"


def test_no_file_of_the_database_holds_the_token(engine: Engine, database: Path) -> None:
    make_user(engine)
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("SELECT * FROM password_reset").fetchall()
        token = _add(engine)
        files = {path.name: path.read_bytes() for path in database.parent.iterdir()}
    assert "sluice.db-wal" in files
    assert not [name for name, content in files.items() if token.encode() in content]


def test_ten_threads_with_one_link_set_one_password(engine: Engine) -> None:
    make_user(engine)
    token = _add(engine)
    barrier = Barrier(10)

    def try_it(number: int) -> bytes | None:
        barrier.wait()
        try:
            with changing_rules(engine) as session:
                return use_reset(session, token, b"hash %d" % number, NOW).password_hash
        except StoreError:
            return None

    with ThreadPoolExecutor(10) as pool:
        outcomes = list(pool.map(try_it, range(10)))
    assert [outcome for outcome in outcomes if outcome is not None] == [_hash(engine)]
