"""Invites: one use is one user, however many come at once."""

import math
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Engine

from addon.store.allowances import Allowance, stored_allowance
from addon.store.engine import reading
from addon.store.errors import StoreError
from addon.store.invites import (
    SETUP_LIFETIME_S,
    NewInvite,
    add_invite,
    add_setup_invite,
    consume_invite,
    list_invites,
    registered,
    revoke_invite,
)
from addon.store.models import Invite
from addon.store.users import delete_user, get_user, list_users, register
from tests.changing import changing_rules
from tests.store.processes import race
from tests.store.samples import NOW, make_invite, make_user, run_sql

_NOT_VALID = "This link is not valid any more. Ask the administrator for a new one."


def _consume(engine: Engine, token: str, now: float = NOW) -> Invite:
    with changing_rules(engine) as session:
        return consume_invite(session, token, now)


def _is_refused(engine: Engine, token: str, now: float = NOW) -> bool:
    with pytest.raises(StoreError) as caught:
        _consume(engine, token, now)
    return str(caught.value) == _NOT_VALID


def _setup(engine: Engine, now: float = NOW) -> str | None:
    with changing_rules(engine) as session:
        return add_setup_invite(session, now)


def _users(engine: Engine) -> int:
    with reading(engine) as session:
        return len(list_users(session))


@pytest.mark.parametrize("is_admin", [True, False])
def test_an_invite_is_kept_as_asked(engine: Engine, is_admin: bool) -> None:
    with changing_rules(engine) as session:
        row, _ = add_invite(session, NewInvite(3, 60, is_admin), NOW)
    assert (row.is_admin, row.is_setup, row.uses, row.used) == (is_admin, False, 3, 0)
    assert (row.created_at, row.expires_at, row.revoked_at) == (NOW, NOW + 60, None)


def test_no_file_of_the_database_holds_the_token(engine: Engine, database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("SELECT * FROM invite").fetchall()
        token = make_invite(engine)
        files = {path.name: path.read_bytes() for path in database.parent.iterdir()}
    assert "sluice.db-wal" in files
    assert not [name for name, content in files.items() if token.encode() in content]


@pytest.mark.parametrize("uses", [0, -1])
def test_an_invite_for_nobody_is_refused(engine: Engine, uses: int) -> None:
    with pytest.raises(StoreError, match=f"^An invite for {uses} uses lets nobody in. Use 1 or more.$"):
        make_invite(engine, uses=uses)


@pytest.mark.parametrize("lifetime_s", [0, -1, math.nan])
def test_an_invite_that_is_over_at_once_is_refused(engine: Engine, lifetime_s: float) -> None:
    with pytest.raises(StoreError, match=r"^An invite must last longer than 0 seconds.$"):
        make_invite(engine, lifetime_s=lifetime_s)


def test_an_invite_counts_its_uses_down(engine: Engine) -> None:
    token = make_invite(engine, uses=2)
    assert [_consume(engine, token).used, _consume(engine, token).used] == [1, 2]
    assert _is_refused(engine, token)


def test_an_invite_ends_at_its_instant(engine: Engine) -> None:
    token = make_invite(engine, uses=9, lifetime_s=60)
    assert _consume(engine, token, NOW + 59.9).used == 1
    assert _is_refused(engine, token, NOW + 60)


def test_a_revoked_invite_is_refused(engine: Engine) -> None:
    token = make_invite(engine)
    with changing_rules(engine) as session:
        revoke_invite(session, "1", NOW)
    assert _is_refused(engine, token)


def test_revoking_again_does_not_move_the_instant(engine: Engine) -> None:
    make_invite(engine)
    for now in (NOW, NOW + 9):
        with changing_rules(engine) as session:
            assert revoke_invite(session, "1", now).revoked_at == NOW


@pytest.mark.parametrize("invite_id", ["", "2", "ann", "-1", "9" * 30, "٣"])
def test_revoking_what_is_not_there_says_so(engine: Engine, invite_id: str) -> None:
    make_invite(engine)
    with pytest.raises(StoreError) as caught, changing_rules(engine) as session:
        revoke_invite(session, invite_id, NOW)
    assert str(caught.value) == f"There is no invite {invite_id!r}. `sluice invite list` shows them."


@pytest.mark.parametrize("token", ["", "x", "a" * 32, "a" * 31 + "\ud800", "é" * 32, "' OR 1=1 --", "a" * 10_000])
def test_an_unknown_token_is_refused(engine: Engine, token: str) -> None:
    make_invite(engine)
    assert _is_refused(engine, token)


def test_only_the_invite_shown_is_used(engine: Engine) -> None:
    make_invite(engine)
    _consume(engine, make_invite(engine))
    with reading(engine) as session:
        assert [(invite.id, invite.used) for invite in list_invites(session)] == [(2, 1), (1, 0)]


def test_twenty_threads_with_one_token_make_one_user(engine: Engine) -> None:
    token = make_invite(engine)
    barrier = Barrier(20)

    def try_it(number: int) -> str:
        barrier.wait()
        try:
            with changing_rules(engine) as session:
                return register(session, f"user{number}", b"hash", token, NOW).name
        except StoreError as error:
            return str(error)

    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(try_it, range(20)))
    assert outcomes.count(_NOT_VALID) == 19
    assert _users(engine) == 1


def test_two_processes_with_one_token_make_one_user(engine: Engine, database: Path) -> None:
    imports = "import os\nfrom addon.store import engine, errors, users"
    body = f"""
try:
    racer = engine.Actor("terminal", "racer")
    with engine.changing_rules(engine.make_engine("sqlite:///{database}"), racer, {NOW}) as session:
        users.register(session, f"user{{os.getpid()}}", b"hash", "{make_invite(engine)}", {NOW})
    print("registered")
except errors.StoreError as error:
    print(error)
"""
    assert sorted(race(imports, body, 2)) == sorted(["registered", _NOT_VALID])
    assert _users(engine) == 1


def test_a_setup_link_makes_an_administrator_once_and_soon(engine: Engine) -> None:
    token = _setup(engine)
    assert token is not None
    assert _is_refused(engine, token, NOW + SETUP_LIFETIME_S)
    row = _consume(engine, token, NOW + SETUP_LIFETIME_S - 1)
    assert (row.is_admin, row.is_setup, row.uses) == (True, True, 1)
    assert _is_refused(engine, token)


def test_a_new_setup_link_ends_the_earlier_one_and_no_other_invite(engine: Engine) -> None:
    invited, first, second = make_invite(engine), _setup(engine), _setup(engine)
    assert first is not None
    assert second is not None
    assert _is_refused(engine, first)
    assert [_consume(engine, token).used for token in (second, invited)] == [1, 1]


def test_there_is_no_setup_link_once_an_administrator_exists(engine: Engine) -> None:
    make_user(engine, "ann")
    assert _setup(engine) is not None
    make_user(engine, "root", is_admin=True)
    assert _setup(engine) is None


def test_a_setup_link_ends_when_an_administrator_came_another_way_and_no_other_invite_does(engine: Engine) -> None:
    setup, invited = _setup(engine), make_invite(engine)
    assert setup is not None
    make_user(engine, "root", is_admin=True)
    assert _is_refused(engine, setup)
    assert _consume(engine, invited).used == 1


def test_a_disabled_administrator_does_not_count(engine: Engine, database: Path) -> None:
    make_user(engine, "root", is_admin=True)
    run_sql(database, f"UPDATE user SET disabled_at = {NOW}")
    token = _setup(engine)
    assert token is not None
    assert _consume(engine, token).is_setup


def test_what_an_invite_carries_arrives_at_everybody_who_comes_by_it(engine: Engine) -> None:
    allowance = Allowance(5, ("a", "b"), 3, 1, may_make_keys=True)
    with changing_rules(engine) as session:
        row, token = add_invite(session, NewInvite(2, allowance=allowance, note="for the office"), NOW)
        assert (stored_allowance(row), row.note) == (allowance, "for the office")
    for name in ("ann", "bob"):
        with changing_rules(engine) as session:
            user = register(session, name, b"hash", token, NOW)
            assert (stored_allowance(user), user.invite_id) == (allowance, row.id)


def test_a_plain_invite_carries_the_general_rule(engine: Engine) -> None:
    assert stored_allowance(make_user(engine)) == Allowance()


def test_who_came_by_an_invite_is_told_while_they_are_here(engine: Engine) -> None:
    shared, others = make_invite(engine, uses=3), make_invite(engine)
    for name, token in (("ann", shared), ("bob", shared), ("eve", others)):
        with changing_rules(engine) as session:
            register(session, name, b"hash", token, NOW)
    with reading(engine) as session:
        assert registered(session) == {1: ["ann", "bob"], 2: ["eve"]}
    with changing_rules(engine) as session:
        delete_user(session, get_user(session, "ann"))
    with reading(engine) as session:
        assert registered(session) == {1: ["bob"], 2: ["eve"]}
        assert [invite.used for invite in list_invites(session)] == [1, 2]


@pytest.mark.parametrize(
    ("new", "sentence"),
    [
        (NewInvite(allowance=Allowance(priority=10)), "Priority 10 is out of range."),
        (NewInvite(allowance=Allowance(models=("a,b",))), "'a,b' cannot be a model's name."),
        (NewInvite(allowance=Allowance(max_running=0)), "A limit of 0 would let nothing through."),
        (NewInvite(note="a\nb"), "A note has at most 200 characters"),
    ],
)
def test_an_invite_that_carries_nonsense_is_refused(engine: Engine, new: NewInvite, sentence: str) -> None:
    with pytest.raises(StoreError) as caught, changing_rules(engine) as session:
        add_invite(session, new, NOW)
    assert str(caught.value).startswith(sentence)
    with reading(engine) as session:
        assert list_invites(session) == []
