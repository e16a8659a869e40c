"""Accounts switched off and on, promoted, demoted, removed: an administrator always remains."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine, func, select, text

from addon.store.conversations import NewMessage, keep_conversation, keep_message
from addon.store.engine import Session, reading
from addon.store.journal import Used, last_uses, write
from addon.store.keys import NewKey, add_key, list_keys
from addon.store.models import Conversation, JournalRow, LoginSession, Message, PasswordReset, UsageRollUp, User
from addon.store.resets import add_reset
from addon.store.roll_ups import add_to_roll_ups
from addon.store.sessions import live_sessions, start_session
from addon.store.users import (
    LastAdministratorError,
    delete_user,
    disable_user,
    enable_user,
    get_user,
    list_users,
    set_password,
    set_role,
)
from tests.changing import changing_rules
from tests.store.samples import NOW, finished, make_user


def _change(engine: Engine, name: str, deed: Callable[[Session, User], object]) -> User:
    with changing_rules(engine) as session:
        user = get_user(session, name)
        deed(session, user)
        return user


def _sign_in(engine: Engine, name: str) -> str:
    with changing_rules(engine) as session:
        return start_session(session, get_user(session, name), NOW, 60).id


def _sessions(engine: Engine, name: str) -> list[str]:
    with reading(engine) as session:
        return [row.id for row in live_sessions(session, get_user(session, name).id, NOW)]


_ENDING_DEEDS: dict[str, Callable[[Session, User], object]] = {
    "disabled": lambda session, user: disable_user(session, user, NOW),
    "promoted": lambda session, user: set_role(session, user, NOW, is_admin=True),
    "given another password": lambda session, user: set_password(session, user, b"new", NOW),
}


@pytest.mark.parametrize("deed", _ENDING_DEEDS.values(), ids=_ENDING_DEEDS)
def test_whoever_gets_another_standing_is_signed_out(
    engine: Engine, deed: Callable[[Session, User], object]
) -> None:
    make_user(engine, "ann")
    make_user(engine, "bob")
    for name in ("ann", "ann", "bob"):
        _sign_in(engine, name)
    _change(engine, "ann", deed)
    assert (len(_sessions(engine, "ann")), len(_sessions(engine, "bob"))) == (0, 1)


def test_whoever_stays_what_they_are_stays_signed_in(engine: Engine) -> None:
    make_user(engine)
    _sign_in(engine, "ann")
    _change(engine, "ann", lambda session, user: set_role(session, user, NOW, is_admin=False))
    assert len(_sessions(engine, "ann")) == 1


def test_the_session_that_changes_the_password_may_be_kept(engine: Engine) -> None:
    make_user(engine)
    kept, _ = _sign_in(engine, "ann"), _sign_in(engine, "ann")
    _change(engine, "ann", lambda session, user: set_password(session, user, b"new", NOW, keep=kept))
    assert _sessions(engine, "ann") == [kept]


def test_a_disabled_account_is_enabled_again_without_its_sessions(engine: Engine) -> None:
    make_user(engine)
    _sign_in(engine, "ann")
    assert _change(engine, "ann", lambda session, user: disable_user(session, user, NOW)).disabled_at == NOW
    assert _change(engine, "ann", lambda session, user: disable_user(session, user, NOW + 9)).disabled_at == NOW
    assert _change(engine, "ann", lambda _, user: enable_user(user)).disabled_at is None
    assert _sessions(engine, "ann") == []


_LAST_DEEDS: dict[str, Callable[[Session, User], object]] = {
    "disabled": lambda session, user: disable_user(session, user, NOW),
    "demoted": lambda session, user: set_role(session, user, NOW, is_admin=False),
    "deleted": delete_user,
}


@pytest.mark.parametrize("deed", _LAST_DEEDS.values(), ids=_LAST_DEEDS)
def test_the_last_administrator_stays(engine: Engine, deed: Callable[[Session, User], object]) -> None:
    for name, is_admin in (("root", True), ("other", True), ("ann", False)):
        make_user(engine, name, is_admin=is_admin)
    # Who is switched off cannot administer.
    _change(engine, "other", lambda session, user: disable_user(session, user, NOW))
    _sign_in(engine, "root")
    with pytest.raises(LastAdministratorError) as caught:
        _change(engine, "root", deed)
    said = "'root' is the last administrator. Make somebody else one first: sluice user promote NAME."
    assert str(caught.value) == said
    assert len(_sessions(engine, "root")) == 1
    _change(engine, "ann", lambda session, user: set_role(session, user, NOW, is_admin=True))
    _change(engine, "root", deed)


@pytest.mark.parametrize("deed", _LAST_DEEDS.values(), ids=_LAST_DEEDS)
def test_a_disabled_administrator_can_go(engine: Engine, deed: Callable[[Session, User], object]) -> None:
    for name in ("root", "other"):
        make_user(engine, name, is_admin=True)
    _change(engine, "other", lambda session, user: disable_user(session, user, NOW))
    _change(engine, "other", deed)
    with reading(engine) as session:
        assert get_user(session, "root").is_admin


@pytest.mark.parametrize("deed", _LAST_DEEDS.values(), ids=_LAST_DEEDS)
@pytest.mark.parametrize("_time", range(3))
def test_of_two_administrators_that_remove_each_other_at_once_one_remains(
    engine: Engine, deed: Callable[[Session, User], object], _time: int
) -> None:
    for name in ("ann", "bob"):
        make_user(engine, name, is_admin=True)
    barrier = Barrier(2)

    def remove(name: str) -> bool:
        barrier.wait()
        try:
            _change(engine, name, deed)
        except LastAdministratorError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(remove, ("bob", "ann")))
    assert sorted(outcomes) == [False, True]
    with reading(engine) as session:
        able = [user for user in list_users(session) if user.is_admin and user.disabled_at is None]
    assert len(able) == 1


def _fill(engine: Engine, name: str) -> tuple[str, str]:
    """Give somebody one of everything that can belong to a person; returns the principals they are."""
    with changing_rules(engine) as session:
        user = get_user(session, name)
        key, _ = add_key(session, NewKey(f"key of {name}", user_id=user.id), NOW)
        principals = (f"user:{user.id}", f"key:{key.id}")
        start_session(session, user, NOW, 60)
        add_reset(session, user, NOW)
        keep_conversation(session, user.id, f"conversation of {name}", {"title": name}, NOW)
        keep_message(session, user.id, f"conversation of {name}", NewMessage("1", "user", content=name), NOW)
        rows = [finished(principal_id=one, principal=name) for one in principals]
        write(session, rows, [Used(one, NOW, "10.0.0.7") for one in principals])
        add_to_roll_ups(session, rows, {})
    return principals


def test_a_deleted_account_takes_along_what_belongs_to_it_and_nothing_else(engine: Engine) -> None:
    make_user(engine, "ann")
    make_user(engine, "bob")
    _fill(engine, "ann")
    of_bob = _fill(engine, "bob")
    _change(engine, "ann", delete_user)
    with reading(engine) as session:
        assert [user.name for user in list_users(session)] == ["bob"]
        assert [key.name for key in list_keys(session)] == ["key of bob"]
        assert set(last_uses(session)) == set(of_bob)
        for table in (LoginSession, PasswordReset, Conversation, Message):
            assert session.scalar(select(func.count()).select_from(table)) == 1, table
        found = text("SELECT count(*) FROM message_text WHERE message_text MATCH :word")
        assert [session.scalar(found, {"word": word}) for word in ("ann", "bob")] == [0, 1]


def test_of_a_deleted_account_the_journal_keeps_what_was_done_but_no_name(engine: Engine) -> None:
    make_user(engine, "ann")
    make_user(engine, "bob")
    of_ann, of_bob = _fill(engine, "ann"), _fill(engine, "bob")
    _change(engine, "ann", delete_user)
    expected = {**dict.fromkeys(of_ann, "deleted account"), **dict.fromkeys(of_bob, "bob")}
    with reading(engine) as session:
        journal = session.scalars(select(JournalRow)).all()
        sums = session.scalars(select(UsageRollUp)).all()
    assert {row.principal_id: row.principal for row in journal} == expected
    assert {row.principal_id: row.principal for row in sums} == expected


def test_the_name_of_a_deleted_account_is_free_and_its_id_is_not_given_again(engine: Engine) -> None:
    make_user(engine, "ann")
    _change(engine, "ann", delete_user)
    assert make_user(engine, "ann").id == 2
